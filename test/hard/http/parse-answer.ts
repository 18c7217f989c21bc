// Reads an answer's bytes as RFC 9112 says, with no library in between.
import type { ByteClient } from '../helpers/byte-client.ts';

export interface ParsedAnswer {
  readonly status: number;
  readonly body: string;
  readonly isWhole: boolean;
}

/** `text`: all that came until the connection ended, latin1. */
export function parseAnswer(
  text: string,
  method: string,
  ended: ByteClient['ended'],
): ParsedAnswer {
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return { status: 0, body: '', isWhole: false };
    const head = rest.slice(0, end + 2);
    rest = rest.slice(end + 4);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
    if (status >= 200) return { status, ...bodyOf({ head, rest, method, status, ended }) };
  }
}

interface Raw {
  readonly head: string;
  readonly rest: string;
  readonly method: string;
  readonly status: number;
  readonly ended: ByteClient['ended'];
}

function bodyOf({ head, rest, method, status, ended }: Raw): Omit<ParsedAnswer, 'status'> {
  if (method === 'HEAD' || status === 204 || status === 304) return { body: rest, isWhole: true };
  if (/^transfer-encoding: chunked\r$/im.test(head)) return dechunk(rest);
  const length = /^content-length: (\d+)\r$/im.exec(head)?.[1];
  if (length === undefined) return { body: rest, isWhole: ended === 'fin' };
  return { body: rest, isWhole: rest.length === Number(length) };
}

function dechunk(text: string): Omit<ParsedAnswer, 'status'> {
  let body = '';
  let at = 0;
  for (;;) {
    const line = text.indexOf('\r\n', at);
    if (line === -1) return { body, isWhole: false };
    const size = Number.parseInt(text.slice(at, line), 16);
    if (size === 0) return { body, isWhole: text.endsWith('\r\n\r\n') };
    body += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
    if (at > text.length) return { body, isWhole: false };
  }
}
