/** Every call of the API. `token` is what a page of this server sends along to change something. */
import { UserError } from '../../../core/errors.ts';
import type { SearchHit } from '../../../core/ports.ts';
import { type Operation, reading } from '../operation.ts';
import { ProblemError } from '../problem.ts';
import { limit, words } from '../query.ts';
import type { Records } from '../records.ts';
import { SHAPES } from '../shapes/all-shapes.ts';
import { EXCHANGE_OPERATIONS } from './exchanges.ts';
import { EXPORT_OPERATION } from './export.ts';
import { NUMBER_OPERATIONS } from './numbers.ts';
import { SESSION_OPERATIONS } from './sessions.ts';

const HITS = 50;

export function allOperations(token: string): readonly Operation[] {
  return [
    reading({
      path: '/overview',
      summary: 'The running server, its recorder, and the token for changes',
      query: {},
      answer: SHAPES.Overview,
      read: ({ records }) => {
        const source = records.source();
        return {
          facts: source.facts,
          recorder: source.state().recorder,
          hasHistory: records.history() !== null,
          token,
        };
      },
    }),
    ...SESSION_OPERATIONS,
    ...EXCHANGE_OPERATIONS,
    EXPORT_OPERATION,
    reading({
      path: '/search',
      summary:
        'Full text over prompts, answers, thinking, tool calls and results; best match first',
      query: { q: words('Words, "a phrase", filters: as `sessions search`.'), limit: limit(HITS) },
      answer: SHAPES.SearchHitPage,
      read: ({ records, query: { q = '', limit: most } }) => ({
        items: q.trim() === '' ? [] : find(records, q, most),
        next: null,
      }),
    }),
    ...NUMBER_OPERATIONS,
    reading({
      path: '/config',
      summary: 'The configuration in effect; keys and passwords are masked',
      query: {},
      answer: SHAPES.ConfigView,
      read: ({ records }) => records.config(),
    }),
  ];
}

/** A filter that there is not is the asker's mistake. */
function find(records: Records, query: string, most: number): readonly SearchHit[] {
  try {
    return records.history()?.search(query, { limit: most }) ?? [];
  } catch (error) {
    if (error instanceof UserError) throw new ProblemError(400, error.message);
    throw error;
  }
}
