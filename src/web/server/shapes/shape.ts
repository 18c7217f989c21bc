/** Pieces that the shapes of the API's answers are made of. */
import * as z from 'zod';
import type { Page } from '../../api-types.ts';

/** Not negative, whole. */
export const count = z.int().min(0);
export const epochMs = z.int();
/** A duration, or null where it was not measured. */
export const ms = z.number().nullable();
export const text = z.string();
export const textOrNull = z.string().nullable();
export const isTrue = z.boolean();

/** Items of a list, and the cursor of its next page. */
export function pageOf<Item>(item: z.ZodType<Item>): z.ZodType<Page<Item>> {
  return z.strictObject({ items: z.array(item), next: textOrNull });
}
