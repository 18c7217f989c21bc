/**
 * Which program sent a request, from its user agent and its own marks. Seen on the wire: Claude Code
 * `claude-cli/2.1.330 (external, sdk-cli)`, Codex `codex_exec/0.169.0 (…)` with `originator`,
 * OpenCode `opencode/1.18.33 ai-sdk/…`, SDKs `Anthropic/JS 1.12.0`, `OpenAI/Python 2.1`,
 * `AsyncOpenAI/Python 2.1`. Names are a convenience for people: never a reason to route.
 */
import type { ClientName } from '../core/exchange.ts';
import { truncate } from '../core/text.ts';
import { headerValue } from './headers.ts';

export interface Client {
  readonly name: ClientName;
  readonly version: string | null;
  readonly userAgent: string | null;
}

/** Product token first; group 1 is the version. Agents before the SDKs that they are built on. */
const USER_AGENTS: readonly (readonly [ClientName, RegExp])[] = [
  ['claude-code', /^claude-(?:cli|code)\/(\S+)/i],
  ['codex', /^codex[^/]{0,40}\/(\S+)/i],
  ['opencode', /^opencode\/(\S+)/i],
  ['openai-sdk', /^(?:Async)?(?:Azure)?OpenAI\/\S+ (\S+)/],
  ['anthropic-sdk', /^(?:Async)?Anthropic\w{0,40}\/\S+ (\S+)/],
  ['curl', /^curl\/(\S+)/],
  ['other', /^[^\s/]{1,80}\/(\S+)/],
];
const MAX_VERSION_CHARS = 40;

export function clientOf(headers: readonly string[]): Client {
  const userAgent = headerValue(headers, 'user-agent');
  const marked = markedClient(headers);
  for (const [name, pattern] of USER_AGENTS) {
    const version = pattern.exec(userAgent ?? '')?.[1];
    if (version === undefined) continue;
    const known = name === 'other' ? (marked ?? name) : name;
    return { name: known, version: truncate(version, MAX_VERSION_CHARS), userAgent };
  }
  return { name: marked ?? 'other', version: null, userAgent };
}

/** Marks that only one client sends, for when its user agent says nothing we know. */
function markedClient(headers: readonly string[]): ClientName | null {
  if (headerValue(headers, 'x-claude-code-session-id') !== null) return 'claude-code';
  return headerValue(headers, 'originator')?.startsWith('codex') === true ? 'codex' : null;
}
