/**
 * Errors of sockets, TLS, DNS and undici become one closed code and one sentence: what happened,
 * where, what to do. Pure. Must never name a credential: `upstream` is host and port only.
 */
import type { FailureCode } from '../core/tap.ts';

export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
}

/** Where an error struck. `connect`: not one byte of the request can have left. */
export type Phase = 'connect' | 'answer' | 'body';

export interface FailureContext {
  readonly provider: string;
  /** host:port */
  readonly upstream: string;
  readonly phase: Phase;
}

/** Codes of undici (lib/core/errors.js) and of Node's net, dns and tls. */
const CODES: Readonly<Record<string, FailureCode>> = {
  ECONNREFUSED: 'connect-refused',
  EHOSTUNREACH: 'connect-refused',
  ENETUNREACH: 'connect-refused',
  EADDRNOTAVAIL: 'connect-refused',
  EACCES: 'connect-refused',
  ENOENT: 'connect-refused',
  TUNNEL_REFUSED: 'connect-refused',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  ETIMEDOUT: 'connect-timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  UND_ERR_SOCKET: 'closed',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'closed',
  UND_ERR_HEADERS_TIMEOUT: 'headers-timeout',
  UND_ERR_BODY_TIMEOUT: 'idle-timeout',
  UND_ERR_HEADERS_OVERFLOW: 'bad-response',
  /** Ours: a Transfer-Encoding other than chunked. */
  UNKNOWN_CODING: 'bad-response',
  UND_ERR_INVALID_ARG: 'bad-request',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'bad-request',
};

/** OpenSSL's verification results carry bare names (node:tls, "X509 certificate error codes"). */
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

export function failureOf(error: unknown, context: FailureContext): Failure {
  const name = codeOf(error);
  const code = classify(name, error);
  return { code, message: sentence(code, detailOf(name, error), context) };
}

/** True where a further attempt may find the upstream: a name or route that comes back, a restart. */
export function isTransientConnectFailure(code: FailureCode): boolean {
  return ['connect-refused', 'dns', 'tls', 'reset', 'closed'].includes(code);
}

function classify(name: string, error: unknown): FailureCode {
  const known = CODES[name];
  if (known !== undefined) return known;
  if (TLS_CODE.test(name)) return 'tls';
  if (!isParserError(error)) return 'proxy-error';
  return error.message.includes('Invalid EOF state') ? 'closed' : 'bad-response';
}

/** undici 8.12 leaves the parser's code out: only the class and the message say what it was. */
function isParserError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'HTTPParserError';
}

/** The code already says it; where it does not, the message. */
function detailOf(name: string, error: unknown): string {
  const needsMessage = name === 'TUNNEL_REFUSED' && error instanceof Error;
  return needsMessage ? error.message : name;
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) {
    if (typeof error.code === 'string') return error.code;
  }
  return error instanceof Error ? error.message : 'unknown';
}

function sentence(code: FailureCode, detail: string, context: FailureContext): string {
  const at = context.upstream;
  const words: Readonly<Partial<Record<FailureCode, string>>> = {
    'connect-refused': `cannot connect to ${at} (${detail}): check that it is running, and providers.${context.provider}.base_url`,
    'connect-timeout': `no connection to ${at} in time: check the network, or raise providers.${context.provider}.http_client.connect_timeout_secs`,
    dns: `the host name of ${at} was not found (${detail}): check the network and providers.${context.provider}.base_url`,
    tls: `no trusted TLS connection to ${at} (${detail}): ${tlsAdvice(detail, context.provider)}`,
    'headers-timeout': `${at} did not answer in time: try again, or raise providers.${context.provider}.http_client.timeout_secs`,
    'idle-timeout': `${at} fell silent in the middle of its answer: try again, or raise providers.${context.provider}.http_client.timeout_secs`,
    'bad-response': `the answer of ${at} is not valid HTTP (${detail}): check providers.${context.provider}.base_url`,
    'bad-request': `the request cannot be forwarded to ${at} (${detail}): check its path and headers`,
  };
  return words[code] ?? brokenConnection(detail, context);
}

/** What to do depends on what TLS did not like. */
function tlsAdvice(detail: string, provider: string): string {
  const url = `providers.${provider}.base_url`;
  if (/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/.test(detail)) {
    return "its certificate is not valid today: check this machine's clock, else its operator has to renew it";
  }
  if (detail === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `its certificate is for another host: check the host name in ${url}`;
  }
  if (/^(ERR_SSL_|EPROTO)/.test(detail)) {
    return `it does not speak TLS there, or none that is still accepted: check http:// or https:// and the port in ${url}`;
  }
  return 'if a company proxy re-signs TLS, point NODE_EXTRA_CA_CERTS at its certificate';
}

function brokenConnection(detail: string, { upstream, phase }: FailureContext): string {
  if (phase === 'connect') return `the connection to ${upstream} broke (${detail}): try again`;
  if (phase === 'body') {
    return `${upstream} broke the connection before its answer was complete (${detail}): try again`;
  }
  return `${upstream} broke the connection without an answer (${detail}); the request may have been carried out, so it was not repeated: try again if that does no harm`;
}
