/**
 * What a request's path says: the endpoint with its `/v1` mended, whose API it is, which dialect it
 * speaks. Pure; works on the raw path, which is never decoded, resolved or parsed as a URL: `//host/`
 * stays a path.
 */
import type { Dialect } from '../core/conversation.ts';
import type { Vendor } from './credentials.ts';

export interface PathFacts {
  /** Path and query, with a doubled or missing `/v1` mended; everything else as sent. */
  readonly target: string;
  readonly dialect: Dialect | null;
  /** `shared`: both vendors have this endpoint. `chatgpt`: OpenAI's ChatGPT backend. */
  readonly owner: Vendor | 'shared' | 'chatgpt' | 'unknown';
}

/**
 * First segment after /v1 to owner, from both vendors' API references. Anthropic's batches live under
 * /v1/messages, so /v1/batches is OpenAI's.
 */
const ENDPOINTS: ReadonlyMap<string, Vendor | 'shared'> = new Map([
  ['messages', 'anthropic'],
  ['complete', 'anthropic'],
  ['skills', 'anthropic'],
  ['models', 'shared'],
  ['files', 'shared'],
  ['organizations', 'shared'],
  ['chat', 'openai'],
  ['completions', 'openai'],
  ['responses', 'openai'],
  ['conversations', 'openai'],
  ['embeddings', 'openai'],
  ['moderations', 'openai'],
  ['images', 'openai'],
  ['audio', 'openai'],
  ['videos', 'openai'],
  ['batches', 'openai'],
  ['uploads', 'openai'],
  ['fine_tuning', 'openai'],
  ['vector_stores', 'openai'],
  ['assistants', 'openai'],
  ['threads', 'openai'],
  ['containers', 'openai'],
  ['evals', 'openai'],
  ['realtime', 'openai'],
]);

const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ['/v1/messages', 'anthropic-messages'],
  ['/v1/messages/count_tokens', 'anthropic-messages'],
  ['/v1/chat/completions', 'openai-chat'],
  ['/v1/responses', 'openai-responses'],
  ['/v1/responses/compact', 'openai-responses'],
  ['/backend-api/codex/responses', 'openai-responses'],
  ['/backend-api/codex/responses/compact', 'openai-responses'],
]);

export function pathFacts(target: string): PathFacts {
  const mended = mendVersion(target);
  const path = pathOf(mended);
  return { target: mended, dialect: DIALECTS.get(path) ?? null, owner: ownerOf(path) };
}

/** The target as the ChatGPT backend knows it (clients/README.md section 4, "ChatGPT login"). */
export function chatgptTarget(target: string): string {
  return target.startsWith('/v1/') ? `/backend-api/codex/${target.slice(4)}` : target;
}

/** Base URLs with and without /v1 are both in use, and clients append theirs: one /v1 remains. */
function mendVersion(target: string): string {
  if (target.startsWith('/v1/v1/')) return target.slice(3);
  const isBare = !target.startsWith('/v1/') && ENDPOINTS.has(segment(pathOf(target), 1));
  return isBare ? `/v1${target}` : target;
}

function ownerOf(path: string): PathFacts['owner'] {
  const first = segment(path, 1);
  if (first === 'v1') return ENDPOINTS.get(segment(path, 2)) ?? 'unknown';
  if (first === 'backend-api') return 'chatgpt';
  return first === 'api' ? 'anthropic' : 'unknown';
}

function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}

function segment(path: string, index: number): string {
  return path.split('/', index + 1)[index] ?? '';
}
