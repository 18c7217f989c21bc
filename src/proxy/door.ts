/**
 * Who may use a proxy that asks for a token (`server.auth_token`). A client shows it in
 * `x-lunaroute-token`, or, where it can send no header of its own, as its API key. What showed the
 * token is taken out before anything is routed, forwarded or recorded, and `x-lunaroute-token` goes
 * to no provider even where no token is asked for. Must never say what the token is.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { CREDENTIAL_HEADERS, secretOf } from './credentials.ts';
import type { HeaderMap } from './headers.ts';
import type { OwnError } from './own-answer.ts';

const TOKEN_HEADER = 'x-lunaroute-token';

export const TOKEN_REQUIRED: OwnError = {
  code: 'token-required',
  message:
    'this proxy asks for its token (server.auth_token): send it in the header x-lunaroute-token, or as your API key',
};

/** Raw headers (flat name, value list) without what was for this proxy; null: the token was not shown. */
export type Door = (raw: string[], headers: HeaderMap) => string[] | null;

export function makeDoor(token: string | null): Door {
  const wanted = token === null ? null : digest(token);
  return (raw, headers) => {
    if (wanted === null && !headers.has(TOKEN_HEADER)) return raw;
    const kept: string[] = [];
    let isOpen = wanted === null;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const [name = '', value = ''] = raw.slice(i, i + 2);
      const lowerName = name.toLowerCase();
      const isShown = wanted !== null && showsToken(lowerName, value, wanted);
      if (isShown) isOpen = true;
      if (!isShown && lowerName !== TOKEN_HEADER) kept.push(name, value);
    }
    return isOpen ? kept : null;
  };
}

/** In a time that does not tell how much of it was right. */
function showsToken(name: string, value: string, wanted: Buffer): boolean {
  if (name === TOKEN_HEADER) return timingSafeEqual(digest(value), wanted);
  return CREDENTIAL_HEADERS.has(name) && timingSafeEqual(digest(secretOf(value)), wanted);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
