/**
 * One pass over the bytes of a JSON object that finds what repeats from request to request: the
 * elements of its arrays, its long values, and the long strings inside those. It knows no dialect and
 * builds no values. It does not validate: what it returns are only places to cut, and reassembly is
 * exact wherever the cuts fall. Never recurses (foreign JSON may nest 100,000 deep). What stands
 * unchanged in a body that was cut before (recall.ts) is not read again; the result is the same.
 */
import { Piece, type Range } from './piece.ts';

/** A piece of the body that is stored on its own. */
export interface Span extends Range {
  /** The top-level property it belongs to. */
  readonly property: string;
  /** One element of the property's array, or the property's whole value. */
  readonly kind: 'element' | 'value';
  /** Of an element: its place in the array. */
  readonly index: number;
  readonly piece: Piece;
}

/** Knows pieces that begin at a place, without a look at their bytes. Asked in growing order. */
export interface KnownPieces {
  at(start: number): KnownPiece | null;
}

export interface KnownPiece {
  readonly end: number;
  readonly piece: Piece;
  readonly property: string;
}

/** Values and strings shorter than this stay where they are: a row of their own would cost more. */
const LONG_BYTES = 512;
/** More pieces than any conversation has; beyond it the rest of the body stays in one piece. */
const MAX_SPANS = 20_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

export interface Layout {
  /** In order, not overlapping. */
  readonly spans: readonly Span[];
  /** String values of top-level properties that are too short to be spans. */
  readonly shortStrings: readonly (Range & { readonly property: string })[];
  /** The names of the top-level properties as they are written, in order. */
  readonly names: readonly string[];
}

interface Found {
  readonly spans: Span[];
  readonly shortStrings: (Range & { readonly property: string })[];
  readonly names: string[];
  readonly known: KnownPieces;
}

const NONE_KNOWN: KnownPieces = { at: () => null };

/** Where to cut a JSON object; nothing found in what is none. */
export function scan(bytes: Uint8Array, known: KnownPieces = NONE_KNOWN): Layout {
  const found: Found = { spans: [], shortStrings: [], names: [], known };
  scanObject(bytes, found);
  const { spans, shortStrings, names } = found;
  return { spans, shortStrings, names };
}

/** The long string literals of any JSON value, quotes included. */
export function scanStrings(bytes: Uint8Array): readonly Range[] {
  const start = skipSpace(bytes, 0);
  return skipValue(bytes, start).strings.map((range) => shifted(range, start));
}

function scanObject(bytes: Uint8Array, found: Found): void {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_BRACE) return;
  at = skipSpace(bytes, at + 1);
  while (bytes[at] === QUOTE) {
    const afterName = skipString(bytes, at);
    const property = Buffer.from(bytes.subarray(at + 1, afterName - 1)).toString('utf8');
    found.names.push(property);
    at = skipSpace(bytes, afterName);
    if (bytes[at] !== COLON) return;
    at = skipSpace(bytes, at + 1);
    const end = scanProperty(bytes, at, { ...found, property });
    if (end === at) return;
    at = skipSpace(bytes, end);
    if (bytes[at] !== COMMA) return;
    at = skipSpace(bytes, at + 1);
  }
}

interface InProperty extends Found {
  readonly property: string;
}

function scanProperty(bytes: Uint8Array, start: number, found: InProperty): number {
  if (bytes[start] === OPEN_BRACKET) return scanArray(bytes, start, found);
  const value = found.known.at(start) ?? skipValue(bytes, start);
  const { end } = value;
  if (end - start >= LONG_BYTES) {
    addSpan(found, { kind: 'value', index: 0, start, end, piece: pieceOf(value, found) });
  } else if (bytes[start] === QUOTE) {
    found.shortStrings.push({ property: found.property, start, end });
  }
  return end;
}

function scanArray(bytes: Uint8Array, start: number, found: InProperty): number {
  let at = skipSpace(bytes, start + 1);
  for (let index = 0; at < bytes.length && bytes[at] !== CLOSE_BRACKET; index += 1) {
    const value = found.known.at(at) ?? skipValue(bytes, at);
    if (value.end === at) return at;
    // Numbers and literals (token arrays, embeddings) are not worth a row each.
    if (isContainerOrString(bytes[at])) {
      const { end } = value;
      addSpan(found, { kind: 'element', index, start: at, end, piece: pieceOf(value, found) });
    }
    at = skipSpace(bytes, value.end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return at + 1;
}

/** Under another property the same bytes are another piece, since they mean something else there. */
function pieceOf(value: Value | KnownPiece, { property }: InProperty): Piece {
  if (!('piece' in value)) return new Piece(value.strings);
  return value.property === property ? value.piece : new Piece(value.piece.strings);
}

function addSpan({ spans, property }: InProperty, span: Omit<Span, 'property'>): void {
  if (spans.length < MAX_SPANS) spans.push({ property, ...span });
}

interface Value {
  readonly end: number;
  /** From the value's start on. */
  readonly strings: readonly Range[];
}

const NO_STRINGS: readonly Range[] = [];

function skipValue(bytes: Uint8Array, start: number): Value {
  const first = bytes[start];
  if (first === QUOTE) return { end: skipString(bytes, start), strings: NO_STRINGS };
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipContainer(bytes, start);
  let at = start;
  while (at < bytes.length && !endsScalar(bytes[at])) at += 1;
  return { end: at, strings: NO_STRINGS };
}

function skipContainer(bytes: Uint8Array, start: number): Value {
  const strings: Range[] = [];
  let depth = 0;
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = skipString(bytes, at);
      if (end - at >= LONG_BYTES) strings.push({ start: at - start, end: end - start });
      at = end;
      continue;
    }
    at += 1;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
    if (depth === 0) break;
  }
  return { end: at, strings };
}

function shifted({ start, end }: Range, by: number): Range {
  return { start: start + by, end: end + by };
}

/** Index after the closing quote, or the end of the bytes. */
function skipString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return bytes.length;
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endsScalar(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte);
}

function isContainerOrString(byte: number | undefined): boolean {
  return byte === QUOTE || byte === OPEN_BRACE || byte === OPEN_BRACKET;
}
