/**
 * Which requests are a client's helper calls rather than turns of the conversation. Conservative: a
 * turn that is taken for a helper call would vanish from a person's history, the reverse only adds
 * a line. So titles need a known client, no tools, and that client's own words.
 *
 * Sources: wire logs (OpenCode 1.18, Claude Code 2.1.197 and 2.1.330), OpenCode's
 * agent/prompt/title.txt, Claude Code's quota check (in its binary: one user message "quota",
 * max_tokens 1).
 */
import type { RequestView } from '../core/conversation.ts';
import type { Auxiliary, ClientName } from '../core/exchange.ts';
import { field, recordField } from './json.ts';

/** Counting tokens generates nothing: Anthropic's and OpenAI's ways to ask for it. */
const COUNT_PATH = /\/(?:messages\/count_tokens|responses\/input_tokens)$/;

/** First words of the instructions of a title request, by client. */
const TITLE_PROMPTS: Readonly<Partial<Record<ClientName, readonly string[]>>> = {
  opencode: ['You are a title generator'],
  'claude-code': [
    'Generate a concise, sentence-case title',
    'Analyze if this message indicates a new conversation topic',
  ],
};

export interface AuxiliaryFacts {
  /** Path and query. */
  readonly target: string;
  readonly client: ClientName;
  /** null when the body was not understood. */
  readonly view: RequestView | null;
  /** The parsed JSON body. */
  readonly body: unknown;
}

export function auxiliaryOf(facts: AuxiliaryFacts): Auxiliary {
  const path = facts.target.split('?', 1)[0] ?? '';
  if (COUNT_PATH.test(path)) return 'count-tokens';
  const { view } = facts;
  if (view === null) return null;
  if (view.isWarmUp) return 'warm-up';
  if (view.toolNames.length > 0) return null;
  if (isProbe(facts, view)) return 'probe';
  return isTitle(facts, view) ? 'title' : null;
}

function isProbe({ client, body }: AuxiliaryFacts, view: RequestView): boolean {
  if (client !== 'claude-code' || field(body, 'max_tokens') !== 1) return false;
  const said = view.messages.filter(({ role }) => role === 'user').flatMap(({ parts }) => parts);
  return said.length === 1 && said[0]?.type === 'text' && said[0].text === 'quota';
}

function isTitle({ client, body }: AuxiliaryFacts, view: RequestView): boolean {
  const prompts = TITLE_PROMPTS[client];
  if (prompts === undefined) return false;
  const parts = view.messages.flatMap((message) => message.parts);
  const isAsked = parts.some(
    (part) => part.type === 'text' && prompts.some((prompt) => part.text.startsWith(prompt)),
  );
  return isAsked || (client === 'claude-code' && wantsOnlyTitle(body));
}

/** Claude Code asks for its title by a schema whose only property (besides a branch) is `title`. */
function wantsOnlyTitle(body: unknown): boolean {
  const format = field(field(body, 'output_config'), 'format');
  const properties = recordField(field(format, 'schema'), 'properties');
  const names = Object.keys(properties ?? {});
  return names.includes('title') && names.every((name) => name === 'title' || name === 'branch');
}
