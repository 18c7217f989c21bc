/**
 * Who may ask the UI's server at all. Web pages of others never may (core/guard.ts). A screen shows the
 * token of the server's record, which only this user can read. A browser shows `ui.auth_token`, as the
 * password of HTTP's own sign-in, which it keeps for this address and port alone; without that setting
 * only connections to loopback are answered.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { makeGuard } from '../../core/guard.ts';

export interface AccessOptions {
  /** The address that the server was asked to listen on. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
  /** What screens show. */
  readonly screenToken: string;
  /** What everybody else shows; null: nothing, but on loopback only. */
  readonly authToken: string | null;
}

export interface Refused {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** null: whoever asks may see what is recorded. */
export type Access = (request: IncomingMessage) => Refused | null;

export function makeAccess(options: AccessOptions): Access {
  const guard = makeGuard(options);
  return ({ headers, socket }) => {
    const flat = new Map(Object.entries(headers).map(([name, value]) => [name, `${value}`]));
    const refusal = guard(flat, socket.localAddress);
    if (refusal !== null) return { status: 403, message: refusal.message, headers: {} };
    return isKnown(flat.get('authorization'), socket.localAddress, options)
      ? null
      : unknown(options);
  };
}

function isKnown(
  authorization: string | undefined,
  localAddress: string | undefined,
  { screenToken, authToken }: AccessOptions,
): boolean {
  const given = tokenOf(authorization ?? '');
  if (given === null) return authToken === null && isLoopback(localAddress);
  return isSame(given, screenToken) || (authToken !== null && isSame(given, authToken));
}

/** `Bearer token`, or the password of `Basic`; null where none is shown. */
function tokenOf(authorization: string): string | null {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return authorization === '' ? null : '';
  return Buffer.from(value, 'base64')
    .toString()
    .replace(/^[^:]*:/, '');
}

/** By hash: two texts of different lengths are compared as quickly as any. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** The side of the connection that is ours: only this machine reaches it there. */
function isLoopback(address: string | undefined): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(address ?? '');
}

function unknown({ authToken }: AccessOptions): Refused {
  return authToken === null
    ? { status: 401, message: 'the token is not that of this server', headers: {} }
    : {
        status: 401,
        message: 'sign in: any name, and ui.auth_token of the configuration as the password',
        headers: { 'www-authenticate': 'Basic realm="LunaRoute", charset="UTF-8"' },
      };
}
