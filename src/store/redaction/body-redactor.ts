/**
 * What may be stored of a body. JSON is redacted value by value and stays JSON, event streams over
 * all their events, everything else as text. Where nothing is found the same bytes come back; a body
 * that cannot be looked at (unknown content-encoding) is not kept at all.
 */
import { isUtf8 } from 'node:buffer';
import { addRedactions, NO_REDACTIONS } from '../../core/redactions.ts';
import { redactEventStream, redactLines } from '../../redact/event-stream.ts';
import { type RedactedBytes, rewriteLiteral, rewriteStrings } from '../../redact/json.ts';
import { LiveRedactor } from '../../redact/live.ts';
import type { RedactedText, Redactor } from '../../redact/redactor.ts';
import { redactQuery } from '../../redact/url.ts';
import type { Piece, Range } from '../segments/piece.ts';
import { type Layout, type Span, scan } from '../segments/scan.ts';
import { PieceCache } from './piece-cache.ts';

export type BodyForm = 'json' | 'events' | 'lines' | 'query' | 'text';

/** Shorter strings are looked at faster than they are looked up. */
const MIN_CACHED_BYTES = 512;
/** Quotes and fewer characters than any value has: commas between messages, short names. */
const MIN_STRING = 3;

export class BodyRedactor {
  readonly #redactor: Redactor;
  readonly #cache: PieceCache;
  /** Of pieces that are sent again, without a look at their bytes. */
  readonly #results = new WeakMap<Piece, RedactedBytes | null>();

  constructor(redactor: Redactor, cache: PieceCache = new PieceCache()) {
    this.#redactor = redactor;
    this.#cache = cache;
  }

  /** @param isCut the body goes on: what could be the beginning of a value at its end is left out. */
  redact(bytes: Uint8Array, form: BodyForm, isCut: boolean): RedactedBytes {
    if (isCut) return this.#text(bytes, (text) => this.#cutText(text));
    switch (form) {
      case 'json':
        return this.redactJson(bytes, scan(bytes));
      case 'events':
        return this.#text(bytes, (text) => redactEventStream(text, this.#redactor));
      case 'lines':
        return this.#text(bytes, (text) => redactLines(text, this.#redactor));
      case 'query':
        return this.#text(bytes, (text) => redactQuery(text, this.#redactor));
      case 'text':
        return this.#text(bytes, (text) => this.#redactor.redact(text));
    }
  }

  /** JSON by the pieces that repeat from request to request; what is between them is short. */
  redactJson(bytes: Uint8Array, { spans }: Pick<Layout, 'spans'>): RedactedBytes {
    const results: (RedactedBytes | null)[] = [];
    let at = 0;
    for (const span of spans) {
      results.push(this.#between(slice(bytes, { start: at, end: span.start })));
      results.push(this.#known(bytes, span));
      at = span.end;
    }
    results.push(this.#between(slice(bytes, { start: at, end: bytes.length })));
    const redactions = results.reduce(
      (sum, result) => (result === null ? sum : addRedactions(sum, result.redactions)),
      NO_REDACTIONS,
    );
    if (redactions === NO_REDACTIONS) return { bytes, redactions };
    return { bytes: joined(bytes, spans, results), redactions };
  }

  #between(range: Uint8Array): RedactedBytes | null {
    return range.length < MIN_STRING ? null : changed(range, this.#strings(range));
  }

  #known(bytes: Uint8Array, span: Span): RedactedBytes | null {
    const known = this.#results.get(span.piece);
    if (known !== undefined) return known;
    const piece = slice(bytes, span);
    const made = this.#cache.resultOf(piece, '', () => changed(piece, this.#strings(piece)));
    this.#results.set(span.piece, made);
    return made;
  }

  #strings(range: Uint8Array): RedactedBytes {
    return rewriteStrings(range, (literal, key) => {
      const redact = (): RedactedBytes | null =>
        rewriteLiteral(literal, (value) => this.#redactor.redactValue(value, key));
      // A message changes while its long text does not: clients move cache_control marks around.
      return literal.length < MIN_CACHED_BYTES
        ? redact()
        : this.#cache.resultOf(literal, key, redact);
    });
  }

  #text(bytes: Uint8Array, redact: (text: string) => RedactedText): RedactedBytes {
    // Latin-1 gives every byte a character and back, so what is no text stays as it is.
    const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding);
    const result = redact(text);
    if (result.text === text) return { bytes, redactions: NO_REDACTIONS };
    return { bytes: Buffer.from(result.text, encoding), redactions: result.redactions };
  }

  #cutText(text: string): RedactedText {
    const { redactions } = this.#redactor.redact(text);
    return { text: new LiveRedactor(this.#redactor).push(text), redactions };
  }
}

function changed(bytes: Uint8Array, result: RedactedBytes): RedactedBytes | null {
  return result.bytes === bytes ? null : result;
}

/** The body with what was changed of it: results of the ranges between the spans and of the spans, in turn. */
function joined(
  bytes: Uint8Array,
  spans: readonly Range[],
  results: readonly (RedactedBytes | null)[],
): Buffer {
  const ends = [...spans.flatMap(({ start, end }) => [start, end]), bytes.length];
  return Buffer.concat(
    ends.map((end, index) => results[index]?.bytes ?? bytes.subarray(ends[index - 1] ?? 0, end)),
  );
}

function slice(bytes: Uint8Array, { start, end }: Range): Uint8Array {
  return bytes.subarray(start, end);
}
