/** The words that may stand behind `?`. All are texts on the wire; an empty one counts as not given. */
import * as z from 'zod';

const MAX_LIMIT = 1000;
const MAX_TEXT = 1000;
const MAX_TIME = 8_640_000_000_000_000;

export function limit(usual: number) {
  return z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(usual)
    .describe('At most so many items.');
}

export const since = z.coerce
  .number()
  .int()
  .min(0)
  .max(MAX_TIME)
  .optional()
  .describe('Epoch milliseconds: only what happened at or after.');

export const from = z.coerce
  .number()
  .int()
  .min(0)
  .max(MAX_TIME)
  .describe('Epoch milliseconds: where the first span begins.');

export const cursor = z.string().max(2000).optional().describe('`next` of the page before.');

export function words(description: string) {
  return z.string().max(MAX_TEXT).optional().describe(description);
}
