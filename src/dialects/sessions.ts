/**
 * Where a request names its session: the hints of DESIGN section 6 that stand in the request
 * itself, first valid one wins. The chain of previous_response_id and shared prefixes need memory
 * and live in the recorder. A bad id costs only itself: the next hint is tried.
 *
 * Sources: Claude Code 2.1.330 (header, and `metadata.user_id` as JSON text; older versions wrote
 * `user_…_account_…_session_<id>`), Codex 0.169 (headers session-id and thread-id,
 * client_metadata, prompt_cache_key), OpenCode 1.18 (x-session-id).
 */
import type { SessionSource } from '../core/exchange.ts';
import { headerValues } from './headers.ts';
import { field, nameField, parseJson, stringField } from './json.ts';
import { requestFields } from './openai-responses/request.ts';

export interface SessionHints {
  /** 1 to 255 printable characters, or null when nothing in the request names a session. */
  readonly id: string | null;
  readonly source: SessionSource | null;
  readonly previousResponseId: string | null;
  /** The subagent inside the session that sent the request; null for the main agent. */
  readonly agentId: string | null;
  /** The session or thread that this one was started by. */
  readonly parentId: string | null;
}

const SESSION_HEADERS = [
  'x-claude-code-session-id',
  'session-id',
  'session_id',
  'x-session-id',
  'thread-id',
];
const LEGACY_MARK = '_session_';
/** No controls, format characters, lone surrogates or line separators. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]{1,255}$/u;

/** `headers` is the flat name, value list as received; `body` the parsed JSON body, if there is one. */
export function sessionHints(request: {
  readonly headers: readonly string[];
  readonly body: unknown;
}): SessionHints {
  const body = requestFields(request.body);
  const metadata = field(body, 'client_metadata');
  const hints: readonly (readonly [SessionSource, string | null])[] = [
    ...SESSION_HEADERS.flatMap((name) =>
      headerValues(request.headers, name).map((value) => ['header', value] as const),
    ),
    ['metadata', sessionInUserId(field(field(body, 'metadata'), 'user_id'))],
    ['metadata', stringField(metadata, 'session_id')],
    ['prompt-cache-key', stringField(body, 'prompt_cache_key')],
  ];
  const found = hints.find(([, value]) => validId(value) !== null);
  return {
    id: validId(found?.[1]),
    source: found?.[0] ?? null,
    previousResponseId: nameField(body, 'previous_response_id'),
    ...subagentOf(request.headers, metadata),
  };
}

/** JSON text with `session_id`, the object itself, or the legacy text that ends in the id. */
function sessionInUserId(userId: unknown): string | null {
  if (typeof userId !== 'string') return stringField(userId, 'session_id');
  const session = stringField(parseJson(userId), 'session_id');
  const mark = userId.lastIndexOf(LEGACY_MARK);
  if (session !== null || mark < 0) return session;
  return userId.slice(mark + LEGACY_MARK.length);
}

/**
 * Claude Code names the agent. Codex names the parent thread, and its own thread is then the agent;
 * over a WebSocket, whose headers come once, both stand in client_metadata. OpenCode gives a
 * subagent its own session and names the parent's.
 */
function subagentOf(
  headers: readonly string[],
  metadata: unknown,
): Pick<SessionHints, 'agentId' | 'parentId'> {
  const first = (name: string): string | null => firstValid(headerValues(headers, name));
  const parentThread =
    first('x-codex-parent-thread-id') ?? validId(stringField(metadata, 'x-codex-parent-thread-id'));
  const ownThread = first('thread-id') ?? validId(stringField(metadata, 'thread_id'));
  return {
    agentId: first('x-claude-code-agent-id') ?? (parentThread === null ? null : ownThread),
    parentId: parentThread ?? first('x-parent-session-id'),
  };
}

function firstValid(values: readonly string[]): string | null {
  return values.map(validId).find((id) => id !== null) ?? null;
}

function validId(value: string | null | undefined): string | null {
  const id = value?.trim() ?? '';
  return PRINTABLE.test(id) ? id : null;
}
