/**
 * A body cut into pieces, and its JSON value put together from theirs: what was parsed once is not
 * parsed again. The same value as JSON.parse gives for the whole, except that parts of it are shared
 * with other bodies: nobody may change them.
 */
import { parseJson } from '../recorder/content-coding.ts';
import type { Recall } from './recall.ts';
import { type Layout, type Span, scan } from './scan.ts';

export interface Cut extends Layout {
  readonly bytes: Uint8Array;
  /** undefined when the bytes are not JSON (which itself can never be undefined). */
  readonly json: unknown;
}

/** A body that was cut before, and what the new one has in common with it. */
export interface Before {
  readonly cut: Cut;
  readonly recall: Recall;
}

export function cut(bytes: Uint8Array, before: Before | null = null): Cut {
  const layout = before === null ? scan(bytes) : scan(bytes, before.recall);
  return { ...layout, bytes, json: jsonOf(bytes, layout, before?.cut.json) };
}

function jsonOf(bytes: Uint8Array, layout: Layout, before: unknown): unknown {
  if (layout.spans.length === 0 || !hasClearNames(layout)) return parseJson(bytes);
  try {
    const whole: unknown = JSON.parse(skeletonOf(bytes, layout.spans));
    return isRecord(whole) ? filled(whole, { bytes, layout, before }) : undefined;
  } catch {
    return undefined;
  }
}

/** Names that could mean something else than they look like: given twice, escaped, or a prototype. */
function hasClearNames({ names }: Layout): boolean {
  const isOdd = names.some((name) => name.includes('\\') || name === '__proto__');
  return !isOdd && new Set(names).size === names.length;
}

const COMMA = 0x2c;

/**
 * The body with `null` in the place of each piece. It is JSON, and all pieces are, exactly if the
 * body is: `null` cannot grow together with what stands beside it into another value.
 */
function skeletonOf(bytes: Uint8Array, spans: readonly Span[]): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  let at = 0;
  for (const { start, end } of spans) {
    const isComma = start === at + 1 && bytes[at] === COMMA;
    text += isComma ? ',null' : `${buffer.toString('utf8', at, start)}null`;
    at = end;
  }
  return text + buffer.toString('utf8', at);
}

type Whole = Record<string, unknown>;

interface Filling {
  readonly bytes: Uint8Array;
  readonly layout: Layout;
  readonly before: unknown;
}

function filled(whole: Whole, { bytes, layout, before }: Filling): Whole {
  for (const span of layout.spans) {
    const value = span.piece.json(bytes.subarray(span.start, span.end));
    if (span.kind === 'value') whole[span.property] = value;
    else listOf(whole, span.property)[span.index] = value;
  }
  if (isRecord(before)) reuseLists(whole, before);
  return whole;
}

function listOf(whole: Whole, property: string): unknown[] {
  const list = whole[property];
  if (!Array.isArray(list)) throw new SyntaxError('not JSON');
  return list;
}

/** A list of the same values is the same list (of tools, of system prompts), for those who remember it. */
function reuseLists(whole: Whole, before: Whole): void {
  for (const [name, list] of Object.entries(whole)) {
    const known = Array.isArray(list) && Object.hasOwn(before, name) ? before[name] : null;
    if (Array.isArray(list) && Array.isArray(known) && isSame(list, known)) whole[name] = known;
  }
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}

function isRecord(value: unknown): value is Whole {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
