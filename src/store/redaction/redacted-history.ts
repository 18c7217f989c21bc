/**
 * A history as an export reads it, through the same stage that new exchanges go through: for values
 * that were recorded because nothing looked for them then. Changes nothing that is stored.
 */
import type { Message } from '../../core/conversation.ts';
import type { ExchangeEnd } from '../../core/exchange.ts';
import type {
  Direction,
  ExchangeDetail,
  ExchangePage,
  ExchangeSummary,
  History,
  SessionSummary,
} from '../../core/ports.ts';
import type { SinkItem } from '../sink.ts';
import { type ExchangeRedaction, redactPart } from './exchange-redaction.ts';

type RequestItem = Extract<SinkItem, { kind: 'request' }>;
type EndItem = Extract<SinkItem, { kind: 'end' }>;

interface Redacted {
  readonly detail: ExchangeDetail;
  readonly request: RequestItem;
  readonly end: EndItem | null;
}

const NOTHING = new Uint8Array(0);

export class RedactedHistory {
  readonly #history: History;
  readonly #redaction: ExchangeRedaction;
  /** An export asks for an exchange and then for its bodies. */
  #last: Redacted | null = null;

  constructor(history: History, redaction: ExchangeRedaction) {
    this.#history = history;
    this.#redaction = redaction;
  }

  session(sessionId: string): SessionSummary | null {
    const session = this.#history.session(sessionId);
    if (session === null) return null;
    const text = (value: string | null): string | null =>
      value === null ? null : this.#redaction.text(value);
    return {
      ...session,
      sessionId: this.#redaction.id(session.sessionId),
      title: text(session.title),
      project: text(session.project),
      modelUsed: text(session.modelUsed),
    };
  }

  /** Only which there are. */
  exchanges(sessionId: string, page: ExchangePage): Pick<ExchangeSummary, 'id'>[] {
    return this.#history.exchanges(sessionId, page).map(({ id }) => ({ id }));
  }

  exchange(exchangeId: string): ExchangeDetail | null {
    const redacted = this.#redacted(exchangeId);
    if (redacted === null) return null;
    const { detail, request, end } = redacted;
    const text = (value: string): string => this.#redaction.text(value);
    const { parts = [], toolCalls = [], responseHeaders = [], ...facts } = end?.end ?? {};
    return {
      ...detail,
      ...request.request,
      end:
        detail.end === null
          ? null
          : { ...detail.end, ...facts, sessionId: request.request.sessionId },
      toolCalls: detail.toolCalls.map((call, index) => ({ ...call, ...toolCalls[index] })),
      answerPreview: detail.answerPreview === null ? null : text(detail.answerPreview),
      messages: detail.messages.map(({ role, parts: said }): Message => {
        return { role, parts: said.map((part) => redactPart(part, text)) };
      }),
      answer: parts,
      responseHeaders,
    };
  }

  rawBody(exchangeId: string, direction: Direction): Uint8Array | null {
    const raw = this.#history.rawBody(exchangeId, direction);
    return raw === null ? null : (this.#bodyOf(exchangeId, direction)?.bytes ?? null);
  }

  decodedBody(exchangeId: string, direction: Direction): Uint8Array | null {
    const decoded = this.#history.decodedBody(exchangeId, direction);
    const safe = decoded === null ? null : this.#bodyOf(exchangeId, direction);
    if (safe === null) return null;
    // Where nothing is found the body stays as it came, encoded.
    return safe.isRedacted ? safe.bytes : decoded;
  }

  /** null when it could not be looked at. */
  #bodyOf(exchangeId: string, direction: Direction) {
    const item = this.#itemOf(exchangeId, direction);
    if (item === null) return null;
    const facts = item.kind === 'request' ? item.request.requestBody : item.end.responseBody;
    return facts.truncated ? null : { bytes: item.body, isRedacted: facts.redacted === true };
  }

  #itemOf(exchangeId: string, direction: Direction): RequestItem | EndItem | null {
    const redacted = this.#redacted(exchangeId);
    return direction === 'request' ? (redacted?.request ?? null) : (redacted?.end ?? null);
  }

  #redacted(exchangeId: string): Redacted | null {
    if (this.#last?.detail.id === exchangeId) return this.#last;
    const detail = this.#history.exchange(exchangeId);
    if (detail === null) return null;
    const request = this.#redaction.request({
      kind: 'request',
      request: detail,
      view: null,
      body: this.#history.rawBody(exchangeId, 'request') ?? NOTHING,
      decoded: null,
    });
    this.#last = { detail, request, end: this.#endOf(detail, request) };
    return this.#last;
  }

  #endOf(detail: ExchangeDetail, { request }: RequestItem): EndItem | null {
    if (detail.end === null) return null;
    const end: ExchangeEnd = {
      ...detail.end,
      sessionId: request.sessionId,
      parts: detail.answer,
      toolCalls: detail.toolCalls.map(({ id, name, arguments: args }) => ({
        id,
        name,
        arguments: args,
      })),
      responseHeaders: detail.responseHeaders,
      rateLimits: null,
    };
    const body = this.#history.rawBody(detail.id, 'response') ?? NOTHING;
    return this.#redaction.end({ kind: 'end', request, end, body });
  }
}
