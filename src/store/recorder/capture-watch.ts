/**
 * Notices an empty capture: a client that is there while its model requests go elsewhere, or answers
 * of which nothing can be read. Both look like a quiet day otherwise. Says what was seen and what the
 * likely cause is; takes it back as soon as one exchange is recorded as it should be.
 */
import type { Dialect } from '../../core/conversation.ts';
import type { ClientName, ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';
import { safeLine, truncate } from '../../core/text.ts';
import { headerValue } from '../../dialects/headers.ts';
import type { SinkItem } from '../sink.ts';
import type { Clock } from './clock.ts';

/** How long a client may be there before its first model request. */
const PATIENCE_MS = 60_000;
/** One odd answer is no pattern. */
const MIN_UNREAD = 2;
const MAX_SEEN = 4;
const MAX_PATH = 60;

interface Presence {
  readonly since: number;
  readonly seen: Set<string>;
  hasModelRequest: boolean;
}

interface Reading {
  unread: number;
  hasRead: boolean;
  last: string;
}

export class CaptureWatch {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  /** By client: a closed list of names. */
  readonly #clients = new Map<ClientName, Presence>();
  readonly #dialects = new Map<Dialect, Reading>();
  #told = '';

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Everything that is recorded passes here. */
  take(item: SinkItem): void {
    if (item.kind === 'request') this.#sawRequest(item.request);
    else this.#sawEnd(item.request, item.end);
  }

  /** One or two sentences for each trouble that lasts. */
  reasons(): string[] {
    const now = this.#clock.now();
    const absent = [...this.#clients].filter(
      ([, { hasModelRequest, since }]) => !hasModelRequest && now - since >= PATIENCE_MS,
    );
    const unread = [...this.#dialects].filter(
      ([, { hasRead, unread: count }]) => !hasRead && count >= MIN_UNREAD,
    );
    return [
      ...absent.map(([client, { seen }]) => absenceSentence(client, [...seen])),
      ...unread.map(([dialect, reading]) => unreadSentence(dialect, reading)),
    ];
  }

  #check(): void {
    const now = this.reasons().join();
    if (now === this.#told) return;
    this.#told = now;
    this.#onChange();
  }

  #sawRequest(request: ExchangeRequest): void {
    if (!isKnown(request)) return;
    const presence = this.#clients.get(request.client) ?? this.#arrived(request.client);
    const path = request.target.split('?', 1)[0] ?? '';
    if (presence.seen.size < MAX_SEEN) {
      presence.seen.add(safeLine(truncate(`${request.method} ${path}`, MAX_PATH)));
    }
    if (presence.hasModelRequest || !isModelRequest(request)) return;
    presence.hasModelRequest = true;
    this.#check();
  }

  #arrived(client: ClientName): Presence {
    const presence = { since: this.#clock.now(), seen: new Set<string>(), hasModelRequest: false };
    this.#clients.set(client, presence);
    this.#clock.after(PATIENCE_MS, () => this.#check());
    return presence;
  }

  #sawEnd(request: ExchangeRequest, end: ExchangeEnd): void {
    const { dialect, auxiliary, method, transport } = request;
    const isAsked = method === 'POST' || transport === 'websocket';
    if (dialect === null || auxiliary === 'count-tokens' || !isAsked) return;
    // Bytes that no client of ours sent are nobody's conversation.
    const isMeant = isKnown(request) || isModelRequest(request);
    if (end.outcome !== 'completed' || !isMeant) return;
    const reading = this.#dialects.get(dialect) ?? { unread: 0, hasRead: false, last: '' };
    this.#dialects.set(dialect, reading);
    const isRead = isModelRequest(request) && hasContent(end);
    if (isRead) reading.hasRead = true;
    else reading.unread += 1;
    const type = headerValue(end.responseHeaders, 'content-type') ?? 'no content-type';
    reading.last = safeLine(
      `${method} ${truncate(request.target, MAX_PATH)}, ${end.status}, ${truncate(type, MAX_PATH)}`,
    );
    this.#check();
  }
}

function isKnown({ client }: ExchangeRequest): boolean {
  return client !== 'other' && client !== 'curl';
}

/** What was understood as a question to a model. */
function isModelRequest({ dialect, model }: ExchangeRequest): boolean {
  return dialect !== null && model !== null;
}

function hasContent(end: ExchangeEnd): boolean {
  return end.responseId !== null || end.parts.length > 0 || end.usage !== null;
}

const ADVICE: Readonly<Partial<Record<ClientName, string>>> = {
  codex:
    'Codex ignores OPENAI_BASE_URL, and a base URL that ends in /backend-api/codex makes it go around: use lunaroute env, run or setup codex.',
  'claude-code':
    'Check that ANTHROPIC_BASE_URL is set where it runs, and not set otherwise in its settings.json.',
};

function absenceSentence(client: ClientName, seen: readonly string[]): string {
  const advice = ADVICE[client] ?? 'Check that the base URL of its model points at LunaRoute.';
  return `${client} is connected (${seen.join(', ')}), but none of its model requests came here in its first minute. ${advice}`;
}

function unreadSentence(dialect: Dialect, { unread, last }: Reading): string {
  return (
    `none of ${unread} ${dialect} exchanges could be read (last: ${last}). The provider's base_url is no such API, ` +
    'or its format is newer than this LunaRoute: all bytes are stored, so update, then run lunaroute reindex.'
  );
}
