/** Cursors: the place where the next page begins, as one opaque word. What is none is answered 400. */
import * as z from 'zod';
import type { ExchangePlace, SessionPlace } from '../../core/ports.ts';
import { ProblemError } from './problem.ts';

const place = z.tuple([z.union([z.number(), z.string()]), z.string()]);

function pack(value: number | string, id: string): string {
  return Buffer.from(JSON.stringify([value, id])).toString('base64url');
}

function unpack(cursor: string): z.output<typeof place> {
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new ProblemError(400, 'cursor: it is not what `next` of a page said');
  }
}

export function sessionCursor({ value, sessionId }: SessionPlace): string {
  return pack(value, sessionId);
}

export function sessionPlaceOf(cursor: string): SessionPlace {
  const [value, sessionId] = unpack(cursor);
  return { value, sessionId };
}

export function exchangeCursor({ startedAt, id }: ExchangePlace): string {
  return pack(startedAt, id);
}

export function exchangePlaceOf(cursor: string): ExchangePlace {
  const [startedAt, id] = unpack(cursor);
  return { startedAt: Number(startedAt), id };
}
