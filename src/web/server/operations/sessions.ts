/** Lists of sessions, one session, and what may be changed about it. */
import * as z from 'zod';
import type { SessionSummary } from '../../../core/ports.ts';
import { sessionPlace } from '../../../core/session-place.ts';
import type { Page } from '../../api-types.ts';
import { cacheOf, linePage, toolsOf } from '../answers.ts';
import { exchangePlaceOf, sessionCursor, sessionPlaceOf } from '../cursor.ts';
import { changing, historyOf, type Operation, reading } from '../operation.ts';
import { ProblemError } from '../problem.ts';
import { cursor, limit, since, words } from '../query.ts';
import type { Records } from '../records.ts';
import { SHAPES } from '../shapes/all-shapes.ts';

const LIST = 100;

const order = z
  .enum([
    'activity',
    'started',
    'client',
    'requests',
    'input',
    'output',
    'cache',
    'cost',
    'tools',
    'errors',
  ])
  .default('activity')
  .describe('The largest or newest of this comes first.');

/** The session of the path; it is answered 404 when it is not recorded. */
function sessionOf(records: Records, id: string): SessionSummary {
  const session = historyOf(records).session(id);
  if (session === null) throw new ProblemError(404, 'this session is not recorded (any more)');
  return session;
}

const list = reading({
  path: '/sessions',
  summary: 'Recorded sessions, filtered and sorted',
  query: {
    q: words('Part of the first prompt, the folder or the id.'),
    model: words('Part of a model name.'),
    client: words('One client: claude-code, codex, opencode …'),
    provider: words('One provider.'),
    since,
    sort: order,
    limit: limit(LIST),
    cursor,
  },
  answer: SHAPES.SessionSummaryPage,
  read: ({ records, query }): Page<SessionSummary> => {
    const { q, sort, cursor: at, ...filter } = query;
    const after = at === undefined ? undefined : sessionPlaceOf(at);
    const items = records.history()?.sessions({ ...filter, text: q, orderBy: sort, after }) ?? [];
    const last = items.at(-1);
    const isLast = last === undefined || items.length < query.limit;
    return { items, next: isLast ? null : sessionCursor(sessionPlace(last, sort)) };
  },
});

export const SESSION_OPERATIONS: readonly Operation[] = [
  list,
  reading({
    path: '/sessions/{id}',
    summary: 'One session and its sums',
    query: {},
    answer: SHAPES.SessionSummary,
    read: ({ records, id }) => sessionOf(records, id),
  }),
  reading({
    path: '/sessions/{id}/exchanges',
    summary: "A session's exchanges, oldest first",
    query: { limit: limit(LIST), cursor },
    answer: SHAPES.ExchangeLinePage,
    read: ({ records, id, query }) => {
      const { sessionId } = sessionOf(records, id);
      const { limit: most, cursor: at } = query;
      const after = at === undefined ? { startedAt: 0, id: '' } : exchangePlaceOf(at);
      return linePage(historyOf(records).timeline({ sessionId, limit: most, after }), most);
    },
  }),
  reading({
    path: '/sessions/{id}/tools',
    summary: "A session's tools: calls, times, and the bytes that they take",
    query: {},
    answer: SHAPES.SessionTools,
    read: ({ records, id }) => toolsOf(historyOf(records), sessionOf(records, id).sessionId),
  }),
  reading({
    path: '/sessions/{id}/cache',
    summary: 'What each turn read from the prompt cache, and why it missed',
    query: {},
    answer: SHAPES.SessionCache,
    read: ({ records, id }) =>
      cacheOf(historyOf(records), sessionOf(records, id).sessionId, records.price),
  }),
  changing({
    method: 'delete',
    path: '/sessions/{id}',
    summary: 'Delete a session from SQLite and JSONL',
    change: (records, id) => records.deleteSession(sessionOf(records, id).sessionId),
  }),
  changing({
    method: 'put',
    path: '/sessions/{id}/pin',
    summary: 'Keep a session: retention leaves it alone',
    change: (records, id) => records.setPinned(sessionOf(records, id).sessionId, true),
  }),
  changing({
    method: 'delete',
    path: '/sessions/{id}/pin',
    summary: 'Take the pin back',
    change: (records, id) => records.setPinned(sessionOf(records, id).sessionId, false),
  }),
];
