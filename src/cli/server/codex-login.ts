/**
 * Reads Codex's auth.json for `providers.X.codex_auth`, now and whenever it changes: Codex renews its
 * token by itself. Never writes the file, never renews a token, never prints one.
 */
import { readFileSync } from 'node:fs';
import type { CodexLogin } from '../../core/codex-login.ts';

const LOOK_EVERY_MS = 1000;

export interface CodexLoginState {
  /** null when there is none to use. */
  readonly login: CodexLogin | null;
  /** What a person should know, in a sentence. */
  readonly problem: string | null;
}

/** Tells the state now and at every change of the file; the returned function ends that. */
export function watchCodexLogin(
  path: string,
  now: () => number,
  onState: (state: CodexLoginState) => void,
): () => void {
  let seen: string | null = null;
  // By its text: a watcher learns of the file after this, and misses a change in between.
  const look = (): void => {
    const text = textOf(path);
    if (text === seen) return;
    seen = text;
    onState(stateOf(text, path, now()));
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

function stateOf(text: string, path: string, now: number): CodexLoginState {
  const login = parseLogin(text);
  if (login === null) {
    const problem = `there is no Codex login in ${path}: requests without a credential go out without one. To log in: codex login`;
    return { login, problem };
  }
  const isExpired = login.expiresAt !== null && login.expiresAt <= now;
  return {
    login,
    problem: isExpired
      ? `the Codex login in ${path} has expired: run codex once, which renews it`
      : null,
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Shapes of Codex 0.169: `OPENAI_API_KEY`, or `tokens` with an access token (a JWT) and the account. */
function parseLogin(text: string): CodexLogin | null {
  const file = parseObject(text);
  const tokens = objectOf(file['tokens']);
  const { access_token: token, account_id: accountId } = tokens;
  if (typeof token === 'string' && typeof accountId === 'string') {
    return { token, accountId, expiresAt: expiryOf(token) };
  }
  const key = file['OPENAI_API_KEY'];
  return typeof key === 'string' && key !== ''
    ? { token: key, accountId: null, expiresAt: null }
    : null;
}

/** The `exp` of a JWT (RFC 7519 section 4.1.4), in milliseconds. */
function expiryOf(token: string): number | null {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  const { exp } = parseObject(payload);
  return typeof exp === 'number' ? exp * 1000 : null;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
