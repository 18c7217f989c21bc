/**
 * Reads bodies back: exactly as they crossed the wire (or redacted), and decoded for viewing. A body whose bytes are
 * not those that were recorded is reported as missing, never shown as if it were right.
 */
import { hash } from 'node:crypto';
import { contentCodings, decodeBody } from './recorder/content-coding.ts';
import type { SegmentReader } from './segments/segment-store.ts';

/** A body's columns in `exchanges`. */
export interface BodyColumns {
  /** NULL while nothing is known of it. */
  readonly bytes: number | null;
  readonly sha256: Uint8Array | null;
  readonly truncated: number | null;
  readonly segment: number | null;
  /** 1: private values were replaced, so that the stored bytes are not those that were counted and hashed. */
  readonly redacted: number | null;
}

/** The wire's bytes, or what redaction left of them; null when they were not wholly stored, or are damaged. */
export function readBody(body: BodyColumns, segments: SegmentReader): Uint8Array | null {
  if (body.bytes === null || body.truncated === 1) return null;
  if (body.segment === null) return body.bytes === 0 ? new Uint8Array(0) : null;
  const bytes = segments.get(body.segment);
  const isSound =
    body.redacted === 1 ||
    body.sha256 === null ||
    hash('sha256', bytes, 'buffer').equals(Buffer.from(body.sha256));
  return isSound ? bytes : null;
}

/** The body after undoing its content-encoding; null when it was not wholly stored or cannot be decoded. */
export function readDecoded(
  body: BodyColumns,
  headers: readonly string[],
  segments: SegmentReader,
): Uint8Array | null {
  const bytes = readBody(body, segments);
  // A redacted body is stored decoded.
  const codings = body.redacted === 1 ? [] : contentCodings(headers);
  return bytes === null ? null : decodeBody(bytes, codings);
}

/** The JSON a body holds after undoing its content-encoding; null when there is none to be had. */
export function readJson(
  body: BodyColumns,
  headers: readonly string[],
  segments: SegmentReader,
): unknown {
  const decoded = readDecoded(body, headers, segments);
  if (decoded === null) return null;
  try {
    return JSON.parse(Buffer.from(decoded).toString('utf8'));
  } catch {
    return null;
  }
}
