/**
 * The answers that LunaRoute gives itself, in the error shape of the dialect that the client speaks,
 * so that its SDK shows the message. Each names LunaRoute and carries `x-lunaroute-error`, so that it
 * can be told from a provider's. Pure but for the two writers. Must never look like a success.
 */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FailureCode } from '../core/tap.ts';

export type ErrorShape = 'anthropic' | 'openai';

/** `forbidden-*`, `token-required`: refusals at the door, which are not exchanges. */
type OwnErrorCode =
  | FailureCode
  | 'forbidden-host'
  | 'forbidden-origin'
  | 'token-required'
  | 'method-not-allowed'
  | 'headers-too-large'
  | 'request-timeout';

export interface OwnError {
  readonly code: OwnErrorCode;
  readonly message: string;
}

const STATUS: Readonly<Record<OwnErrorCode, number>> = {
  'ambiguous-provider': 400,
  'bad-request': 400,
  'login-expired': 401,
  'token-required': 401,
  'forbidden-host': 403,
  'forbidden-origin': 403,
  'unknown-path': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'body-too-large': 413,
  'needs-http': 426,
  'headers-too-large': 431,
  'connect-refused': 502,
  dns: 502,
  tls: 502,
  reset: 502,
  closed: 502,
  'bad-response': 502,
  'proxy-error': 502,
  'connect-timeout': 504,
  'headers-timeout': 504,
  'idle-timeout': 504,
};

/** Anthropic's error types by status (their API's errors page); OpenAI's SDK reads only the status. */
const ANTHROPIC_TYPE: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
};

export interface OwnAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

export function ownAnswer(error: OwnError, shape: ErrorShape): OwnAnswer {
  const status = STATUS[error.code];
  const message = `LunaRoute: ${error.message}`;
  const body =
    shape === 'anthropic'
      ? { type: 'error', error: { type: ANTHROPIC_TYPE[status] ?? 'api_error', message } }
      : { error: { message, type: openaiType(status), param: null, code: error.code } };
  return jsonAnswer(status, body, ['x-lunaroute-error', error.code]);
}

export function jsonAnswer(
  status: number,
  value: unknown,
  extraHeaders: readonly string[] = [],
): OwnAnswer {
  const body = `${JSON.stringify(value)}\n`;
  const length = String(Buffer.byteLength(body));
  return {
    status,
    body,
    headers: ['content-type', 'application/json', 'content-length', length, ...extraHeaders],
  };
}

/** Sends the answer; node:http leaves the body out for HEAD. */
export function sendAnswer(res: ServerResponse, answer: OwnAnswer): void {
  res.writeHead(answer.status, [...answer.headers]);
  res.end(answer.body);
}

/** For a socket that no ServerResponse speaks for: answers and closes. */
export function sendRawAnswer(socket: Duplex, answer: OwnAnswer): void {
  const lines = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`];
  for (let i = 0; i + 1 < answer.headers.length; i += 2) {
    lines.push(`${answer.headers[i]}: ${answer.headers[i + 1]}`);
  }
  lines.push('connection: close', '', answer.body);
  socket.end(lines.join('\r\n'), () => socket.destroy());
}

function openaiType(status: number): string {
  return status < 500 ? 'invalid_request_error' : 'api_error';
}
