/** Exchanges: as lines of a list, whole, compared with the one before, and as the bytes of the wire. */
import { latencyOf } from '../../../core/latency.ts';
import type { ExchangeDetail } from '../../../core/ports.ts';
import { diffOf, linePage, neighboursOf } from '../answers.ts';
import { exchangePlaceOf } from '../cursor.ts';
import { download } from '../download.ts';
import { fetching, historyOf, type Operation, reading } from '../operation.ts';
import { ProblemError } from '../problem.ts';
import { cursor, limit } from '../query.ts';
import type { Records } from '../records.ts';
import { SHAPES } from '../shapes/all-shapes.ts';

const LIST = 100;

function exchangeOf(records: Records, id: string): ExchangeDetail {
  const detail = historyOf(records).exchange(id);
  if (detail === null) throw new ProblemError(404, 'this exchange is not recorded (any more)');
  return detail;
}

export const EXCHANGE_OPERATIONS: readonly Operation[] = [
  reading({
    path: '/exchanges',
    summary: 'Exchanges of all sessions, newest first',
    query: { limit: limit(LIST), cursor },
    answer: SHAPES.ExchangeLinePage,
    read: ({ records, query }) => {
      const { limit: most, cursor: at } = query;
      const place = at === undefined ? {} : { before: exchangePlaceOf(at) };
      return linePage(records.history()?.timeline({ limit: most, ...place }) ?? [], most);
    },
  }),
  reading({
    path: '/exchanges/{id}',
    summary: 'One exchange with its conversation, its headers and its times',
    query: {},
    answer: SHAPES.ExchangeWhole,
    read: ({ records, id }) => {
      const detail = exchangeOf(records, id);
      const { end } = detail;
      return { ...detail, latency: end === null ? null : latencyOf(end.timing, end.usage) };
    },
  }),
  reading({
    path: '/exchanges/{id}/diff',
    summary: "What the request says that the session's previous one did not",
    query: {},
    answer: SHAPES.ExchangeDiff,
    read: ({ records, id }) => diffOf(historyOf(records), exchangeOf(records, id)),
  }),
  reading({
    path: '/exchanges/{id}/neighbours',
    summary: 'The exchanges of its session before and after this one',
    query: {},
    answer: SHAPES.ExchangeNeighbours,
    read: ({ records, id }) => neighboursOf(historyOf(records), exchangeOf(records, id)),
  }),
  bodyOf('request'),
  bodyOf('response'),
];

function bodyOf(side: 'request' | 'response'): Operation {
  return fetching({
    path: `/exchanges/{id}/${side}`,
    summary: `The ${side} body: the bytes of the wire, or decoded where values were replaced`,
    query: {},
    types: ['application/octet-stream'],
    file: ({ records, id }) => {
      const bytes = historyOf(records).rawBody(id, side);
      if (bytes === null) throw new ProblemError(404, `this ${side} was not stored (wholly)`);
      return download(new Uint8Array(bytes), `${side}-${id}.bin`, 'application/octet-stream');
    },
  });
}
