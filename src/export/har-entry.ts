/**
 * One exchange as an entry of a HAR. Nothing is invented: what was not measured is -1, as the format
 * says; the client and LunaRoute spoke HTTP/1.1. Names with an underscore are LunaRoute's own.
 */
import { isUtf8 } from 'node:buffer';
import type { Timing } from '../core/exchange.ts';
import type { ExchangeDetail } from '../core/ports.ts';

/** Without content-encoding; null where there is none to be had. */
interface Bodies {
  readonly request: Uint8Array | null;
  readonly response: Uint8Array | null;
}

export function entryOf(exchange: ExchangeDetail, bodies: Bodies) {
  const { end } = exchange;
  const timings = timingsOf(end?.timing ?? null);
  return {
    startedDateTime: new Date(exchange.startedAt).toISOString(),
    time: Object.values(timings).reduce((sum, part) => sum + Math.max(0, part), 0),
    request: requestOf(exchange, bodies.request),
    response: responseOf(exchange, bodies.response),
    cache: {},
    timings,
    ...(exchange.transport === 'websocket' ? { _resourceType: 'websocket' } : {}),
    _lunaroute: {
      exchangeId: exchange.id,
      sessionId: exchange.sessionId,
      outcome: end?.outcome ?? null,
      errorCode: end?.errorCode ?? null,
      model: end?.modelUsed ?? exchange.model,
      usage: end?.usage ?? null,
      cost: end?.cost ?? null,
      firstTokenMs: end?.timing.firstToken ?? null,
      overheadMs: end?.timing.overhead ?? null,
    },
  };
}

/** Parts that follow each other and add up to the whole; see Timing for the marks. */
function timingsOf(timing: Timing | null) {
  const between = (from: number | null | undefined, to: number | null | undefined): number =>
    from == null || to == null ? -1 : Math.max(0, to - from);
  const connect = timing?.connect ?? null;
  const ready = timing?.sent == null ? null : timing.sent - (connect ?? 0);
  // A streamed request is sent on while it is received.
  const received =
    timing?.received == null || ready == null ? timing?.received : Math.min(timing.received, ready);
  return {
    blocked: between(received, ready),
    dns: -1,
    connect: connect ?? -1,
    send: between(0, received),
    wait: between(timing?.sent, timing?.firstByte),
    receive: between(timing?.firstByte, timing?.ended),
    ssl: -1,
  };
}

function requestOf(exchange: ExchangeDetail, body: Uint8Array | null) {
  const { method, upstream, target, requestHeaders, requestBody } = exchange;
  return {
    method,
    url: upstream + asUri(target),
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: headersOf(requestHeaders),
    queryString: queryOf(target),
    headersSize: -1,
    bodySize: requestBody.bytes,
    ...(body === null || body.length === 0 ? {} : { postData: postDataOf(body, requestHeaders) }),
  };
}

function responseOf({ end, responseHeaders }: ExchangeDetail, body: Uint8Array | null) {
  const bytes = end?.responseBody.bytes ?? 0;
  return {
    status: end?.status ?? 0,
    statusText: '',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: headersOf(responseHeaders),
    content: {
      size: body?.length ?? bytes,
      mimeType: headerOf(responseHeaders, 'content-type') ?? 'application/octet-stream',
      ...(body === null ? {} : textOf(body)),
    },
    redirectURL: headerOf(responseHeaders, 'location') ?? '',
    headersSize: -1,
    bodySize: end === null ? -1 : bytes,
  };
}

/** The format has no encoding for what is sent; Chrome's name for it is used. */
function postDataOf(body: Uint8Array, headers: readonly string[]) {
  const { text, encoding } = textOf(body);
  return {
    mimeType: headerOf(headers, 'content-type') ?? 'application/octet-stream',
    text,
    ...(encoding === undefined ? {} : { _encoding: encoding }),
  };
}

function textOf(body: Uint8Array): { text: string; encoding?: string } {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isUtf8(bytes)) return { text: bytes.toString('utf8') };
  return { text: bytes.toString('base64'), encoding: 'base64' };
}

function headersOf(flat: readonly string[]): { name: string; value: string }[] {
  return flat.flatMap((name, index) =>
    index % 2 === 0 ? [{ name, value: flat[index + 1] ?? '' }] : [],
  );
}

function headerOf(flat: readonly string[], name: string): string | null {
  const at = flat.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name);
  return at < 0 ? null : (flat[at + 1] ?? null);
}

function queryOf(target: string): { name: string; value: string }[] {
  const at = target.indexOf('?');
  if (at < 0) return [];
  return [...new URLSearchParams(target.slice(at))].map(([name, value]) => ({ name, value }));
}

/** What a client sent as its path need not be one. */
function asUri(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/%(?![0-9a-f]{2})/gi, '%25')
    .replaceAll(/[^\w\-.~:/?@!$&'()*+,;=%]/gu, (char) => encodeURIComponent(char));
}
