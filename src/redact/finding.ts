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
