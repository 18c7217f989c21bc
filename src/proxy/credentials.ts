/**
 * Which credential goes to the provider: the client's own, untouched, or the configured key. Pure.
 * Must never let a key of one vendor reach another, and never print one.
 */
import type { CodexLogin } from '../core/codex-login.ts';
import type { ProviderOptions, ProviderType } from '../core/options.ts';
import type { HeaderMap } from './headers.ts';

export type Vendor = 'anthropic' | 'openai';

/** In lower case. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'api-key',
]);
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  '',
  'lunaroute',
  'dummy',
  'none',
  'placeholder',
]);
/** Key shapes that name their vendor; a plain `sk-` is used by many and names none. */
const ANTHROPIC_KEY = /^sk-ant-/;
const OPENAI_KEY = /^(sk-proj-|sk-svcacct-|sk-admin-|sess-)/;

export function vendorOf(type: ProviderType): Vendor {
  return type === 'anthropic' ? 'anthropic' : 'openai';
}

/** The vendor that the request's credential belongs to, or null when its shape does not say. */
export function credentialVendor(headers: HeaderMap): Vendor | null {
  const vendors = credentialVendors(headers);
  if (vendors.has('anthropic')) return 'anthropic';
  return vendors.has('openai') ? 'openai' : null;
}

/** All that the request's credentials belong to: a ChatGPT account's login is OpenAI's. */
export function credentialVendors(headers: HeaderMap): ReadonlySet<Vendor> {
  const secrets = secretsOf(headers).filter((secret) => !isPlaceholder(secret));
  const hasAccount = headers.has('chatgpt-account-id');
  const vendors = secrets.flatMap((secret): Vendor[] => {
    if (ANTHROPIC_KEY.test(secret)) return ['anthropic'];
    return hasAccount || OPENAI_KEY.test(secret) ? ['openai'] : [];
  });
  return new Set(vendors);
}

/** True when the configured key takes the place of what the client sent. */
export function usesConfiguredKey(provider: ProviderOptions, headers: HeaderMap): boolean {
  if (provider.apiKey === null || provider.type === 'chatgpt') return false;
  return provider.auth === 'always' || !hasCredential(headers);
}

/** True when the client sent a credential of its own; a placeholder is none. */
export function hasCredential(headers: HeaderMap): boolean {
  return !secretsOf(headers).every(isPlaceholder);
}

export interface CredentialSource {
  readonly provider: ProviderOptions;
  /** Codex's login, chosen by the router because the client sent no credential. */
  readonly login: CodexLogin | null;
}

/** `raw` with the configured key instead of the client's credential, or `raw` itself. */
export function withCredential(
  raw: string[],
  { provider, login }: CredentialSource,
  headers: HeaderMap,
): string[] {
  if (login !== null) {
    const account = login.accountId === null ? [] : ['chatgpt-account-id', login.accountId];
    return [...withoutCredential(raw), 'Authorization', `Bearer ${login.token}`, ...account];
  }
  if (provider.apiKey === null || !usesConfiguredKey(provider, headers)) return raw;
  const kept = withoutCredential(raw);
  // An OAuth token of Anthropic is a bearer token, unlike its API keys (clients/README.md section 3).
  const isApiKey = provider.type === 'anthropic' && !provider.apiKey.startsWith('sk-ant-oat');
  if (isApiKey) kept.push('x-api-key', provider.apiKey);
  else kept.push('Authorization', `Bearer ${provider.apiKey}`);
  return kept;
}

function withoutCredential(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (!CREDENTIAL_HEADERS.has(name.toLowerCase())) kept.push(name, raw[i + 1] ?? '');
  }
  return kept;
}

function secretsOf(headers: HeaderMap): string[] {
  const secrets: string[] = [];
  for (const name of CREDENTIAL_HEADERS) {
    const value = headers.get(name);
    if (value !== undefined) secrets.push(secretOf(value));
  }
  return secrets;
}

/** The key or token in the value of a credential header. */
export function secretOf(value: string): string {
  return value.replace(/^bearer\b\s*/i, '').trim();
}

function isPlaceholder(secret: string): boolean {
  return PLACEHOLDERS.has(secret.toLowerCase());
}
