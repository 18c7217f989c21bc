/**
 * The API of the page, under /api/v1. Whatever changes something needs the token that only a page of
 * this server can read. Who may call at all is decided before (access.ts).
 */
import { timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { UserError } from '../../core/errors.ts';
import { idOfSegment } from '../../core/page-link.ts';
import { openApiOf } from './openapi.ts';
import type { Operation } from './operation.ts';
import { allOperations } from './operations/all-operations.ts';
import { ProblemError, problemResponse } from './problem.ts';
import type { Records } from './records.ts';

/** @param token what a page of this server sends along to change something */
export function makeApi(records: Records, token: string): Hono {
  const api = new Hono();
  api.onError(problemOf);
  api.notFound(() => problemResponse(404, 'there is no such address'));
  const operations = allOperations(token);
  for (const operation of operations) {
    api.on(operation.method, routeOf(operation), (context) => {
      if (operation.method !== 'get') checkToken(context, token);
      const id = idOfSegment(context.req.param('id') ?? '');
      return operation.run({ records, id, words: context.req.query() });
    });
  }
  const document = openApiOf(operations, records.source().facts.version);
  api.get('/openapi.json', () => Response.json(document));
  for (const operation of operations) {
    api.all(routeOf(operation), () => problemResponse(405, 'this address has other methods'));
  }
  return api;
}

function routeOf({ path }: Operation): string {
  return path.replace('{id}', ':id');
}

function problemOf(error: Error): Response {
  if (error instanceof ProblemError) return problemResponse(error.status, error.message);
  if (error instanceof UserError) {
    return problemResponse(409, [error.message, error.hint ?? ''].filter(Boolean).join('; '));
  }
  return problemResponse(500, error.message);
}

function checkToken(context: Context, token: string): void {
  if (!isToken(context.req.header('x-lunaroute-token') ?? '', token)) {
    throw new ProblemError(403, 'only the page of this server may change something: reload it');
  }
}

function isToken(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
