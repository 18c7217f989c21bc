/**
 * What redaction finds in a text, and what it is asked to look for. Plain data. A finding says where
 * and what kind, never what: the value stays in the text it was found in.
 */
import type { RedactionMode } from '../core/options.ts';

export interface Finding {
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** What replaces it is named after this: EMAIL, API_KEY, … */
  readonly type: string;
  /** Which rule found it. */
  readonly rule: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** How it is replaced; null: as the options say for personal data. */
  readonly mode: RedactionMode | null;
  /** Instead of `[TYPE]`; custom patterns only. */
  readonly placeholder: string | null;
}

/** Where one kind of value stands in a text. Time at most linear in the text's length. */
export type Detector = (text: string) => readonly Finding[];

/** A secret is always masked: its last characters or its hash would help to guess it. */
export function secret(
  rule: string,
  type: string,
  range: { readonly start: number; readonly end: number },
): Finding {
  const { start, end } = range;
  return { start, end, type, rule, confidence: 1, mode: 'mask', placeholder: null };
}

export function personal(
  type: string,
  range: { readonly start: number; readonly end: number },
  confidence: number,
): Finding {
  const { start, end } = range;
  const rule = type.toLowerCase().replaceAll('_', '-');
  return { start, end, type, rule, confidence, mode: null, placeholder: null };
}

/**
 * More values than any real text has. A text with more is data of a kind, or made to hold up the
 * recorder: its rest is not searched, so it is not kept either.
 */
const MAX_FINDINGS = 50_000;

/** True when `findings`, in order, are full; the rest of the text is then one more of them. */
export function isFull(findings: Finding[], text: string): boolean {
  if (findings.length < MAX_FINDINGS) return false;
  findings.push(unsearched({ start: findings.at(-1)?.end ?? 0, end: text.length }));
  return true;
}

/** Text that could not be looked at in time. */
export function unsearched(range: { readonly start: number; readonly end: number }): Finding {
  return secret('too much to search', 'UNSEARCHED', range);
}
