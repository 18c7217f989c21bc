/**
 * Header rules, pure. Headers travel as the flat name, value list that node:http calls rawHeaders:
 * order, case and duplicates are the client's and stay so. Strings hold latin1: one character a byte,
 * so that values in any encoding come out as they went in.
 * Must never add a header, nor change the value of one that it passes.
 */

/** Names in lower case; values of repeated names joined by ', ' (RFC 9110 section 5.3). For reading only. */
export type HeaderMap = ReadonlyMap<string, string>;

/** RFC 9110 section 7.6.1, and the two names that old clients use between themselves and a proxy. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Set by undici from the upstream's address and the body; `expect` was answered by node:http. */
const SET_FOR_UPSTREAM: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'expect',
  'trailer',
]);

export function headerMap(raw: readonly string[]): HeaderMap {
  const map = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    const earlier = map.get(name);
    map.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return map;
}

/** undici's raw header Buffers as a flat list of latin1 strings. */
export function decodeRawHeaders(raw: unknown): string[] {
  const flat: string[] = [];
  if (!Array.isArray(raw)) return flat;
  for (const item of raw) flat.push(Buffer.isBuffer(item) ? item.toString('latin1') : String(item));
  return flat;
}

/** The request headers that go to the provider. */
export function requestHeaders(raw: readonly string[], map: HeaderMap): string[] {
  const named = connectionNames(map.get('connection'));
  return keep(raw, (name) => SET_FOR_UPSTREAM.has(name) || isHopByHop(name, named));
}

export interface ResponseHead {
  readonly headers: string[];
  /** The provider marks the end of the body: a cut can be told from an end. */
  readonly isDelimited: boolean;
  /** False: chunks are not the only coding of this hop, and no other can be undone. */
  readonly isUnderstood: boolean;
  /** The client can tell, without chunks, whether it got all. */
  readonly hasLength: boolean;
}

/**
 * The response headers that go to the client. `Trailer` announces trailers, which only a chunked body
 * can carry; node:http refuses it elsewhere.
 */
export function responseHead(raw: readonly string[], canSendTrailers: boolean): ResponseHead {
  const map = headerMap(raw);
  const named = connectionNames(map.get('connection'));
  const coding = map.get('transfer-encoding');
  const isChunked = coding !== undefined;
  const isUnderstood = coding === undefined || coding.toLowerCase() === 'chunked';
  const dropsTrailer = !(isChunked && canSendTrailers);
  const headers = keep(
    raw,
    (name) => isHopByHop(name, named) || (dropsTrailer && name === 'trailer'),
  );
  const hasLength = map.has('content-length');
  return { headers, isDelimited: isChunked || hasLength, isUnderstood, hasLength };
}

/** A request without these carries no body (RFC 9112 section 6.3). */
export function hasBody(map: HeaderMap): boolean {
  return map.has('transfer-encoding') || declaredLength(map) > 0;
}

/** The request's content-length, or 0 when it names none. */
export function declaredLength(map: HeaderMap): number {
  return Number(map.get('content-length') ?? 0);
}

/**
 * undici decodes the reason phrase as UTF-8, node:http writes it as latin1: put the bytes back.
 */
export function wireStatusText(text: string | undefined): string {
  if (text === undefined || !/[^\x20-\x7e]/.test(text)) return text ?? '';
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** RFC 9112 section 6.3: these answers have no body whatever their headers say. */
export function isBodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

/** The head of an answer that switches protocols: the hop's own headers are what it is about. */
export function switchingHead(status: number, raw: readonly string[]): string {
  const lines = [`HTTP/1.1 ${status} Switching Protocols`];
  for (let i = 0; i + 1 < raw.length; i += 2) lines.push(`${raw[i]}: ${raw[i + 1]}`);
  return [...lines, '', ''].join('\r\n');
}

function keep(raw: readonly string[], drops: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (!drops(name.toLowerCase())) kept.push(name, raw[i + 1] ?? '');
  }
  return kept;
}

function isHopByHop(name: string, named: ReadonlySet<string> | null): boolean {
  return HOP_BY_HOP.has(name) || (named?.has(name) ?? false);
}

/** The names that a Connection header lists, or null in the usual case that it lists none. */
function connectionNames(connection: string | undefined): ReadonlySet<string> | null {
  if (connection === undefined) return null;
  const names = connection.toLowerCase().split(',').map(trim).filter(isName);
  return names.length === 0 ? null : new Set(names);
}

function trim(text: string): string {
  return text.trim();
}

function isName(text: string): boolean {
  return text !== '' && text !== 'keep-alive' && text !== 'close';
}
