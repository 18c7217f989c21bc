/**
 * The stage between assembly and everything that keeps or shows an exchange: sinks and events get
 * only what comes out here. Never sees or changes the bytes that client and provider exchange. If it
 * fails, the content is left out: nothing goes on as it came.
 */
import type { Part, RequestView } from '../../core/conversation.ts';
import type { BodyFacts, ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';
import { addRedactions, NO_REDACTIONS, type Redactions } from '../../core/redactions.ts';
import { headerValue } from '../../dialects/headers.ts';
import { promptPreview } from '../../dialects/preview.ts';
import { codecFor } from '../../dialects/registry.ts';
import type { RedactedBytes } from '../../redact/json.ts';
import { LiveRedactor } from '../../redact/live.ts';
import type { RedactedText, Redactor } from '../../redact/redactor.ts';
import { redactQuery } from '../../redact/url.ts';
import { contentCodings, decodeBeginning, parseJson } from '../recorder/content-coding.ts';
import type { Cut } from '../segments/cut.ts';
import { Cutter } from '../segments/cutter.ts';
import type { SinkItem } from '../sink.ts';
import { type BodyForm, BodyRedactor } from './body-redactor.ts';
import { LiveAnswer } from './live-answer.ts';

type RequestItem = Extract<SinkItem, { kind: 'request' }>;
type EndItem = Extract<SinkItem, { kind: 'end' }>;

const NOTHING = new Uint8Array(0);

export class ExchangeRedaction {
  readonly #redactor: Redactor;
  readonly #bodies: BodyRedactor;
  readonly #cutter = new Cutter();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
    this.#bodies = new BodyRedactor(redactor);
  }

  /** A text that stands by itself. */
  text(value: string): string {
    return this.#redactor.redact(value).text;
  }

  /** An id: tokenized in every mode, so that ids stay apart. */
  id(value: string): string {
    return this.#redactor.redactId(value).text;
  }

  /** For one running answer. */
  makeLive(): LiveAnswer {
    return new LiveAnswer(() => new LiveRedactor(this.#redactor));
  }

  request(item: RequestItem): RequestItem {
    const { request } = item;
    const known = item.cut?.json === undefined ? null : item.cut;
    const body = this.#body(item.body, request.requestBody, {
      headers: request.requestHeaders,
      isJson: item.view !== null,
      cut: known,
      transport: request.transport,
    });
    const isChanged = body.facts.redacted === true;
    const decoded = isChanged ? body.bytes : item.decoded;
    const cut = isChanged && known !== null ? this.#cutAgain(request, body.bytes) : known;
    const view = isChanged && item.view !== null ? viewAgain(request, cut) : item.view;
    const count = new Count();
    const head = this.#requestHead(request, count);
    const preview = isChanged && view !== null ? promptPreview(view) : request.promptPreview;
    const safe = {
      ...request,
      ...head,
      promptPreview: preview === null ? null : this.#redactor.redact(preview).text,
      requestBody: body.facts,
      ...redactionsOf({ ...count.sum, ...body.redactions }),
    };
    const isKept = body.bytes.length > 0 || item.body.length === 0;
    return {
      kind: 'request',
      request: safe,
      view,
      body: body.bytes,
      decoded: isKept ? decoded : null,
      cut: isKept ? cut : null,
    };
  }

  end(item: EndItem): EndItem {
    const { end } = item;
    const body = this.#body(item.body, end.responseBody, {
      headers: end.responseHeaders,
      isJson: false,
      cut: null,
      transport: item.request.transport,
    });
    const count = new Count();
    const text = (value: string): string => count.add(this.#redactor.redact(value));
    const safe: ExchangeEnd = {
      ...end,
      ...this.#endHead(end),
      parts: end.parts.map((part) => redactPart(part, text)),
      toolCalls: end.toolCalls.map((call) => ({
        ...call,
        arguments: this.#redactor.redact(call.arguments).text,
      })),
      responseBody: body.facts,
      // The assembled text says each value once; a stream may repeat it.
      ...redactionsOf({ ...body.redactions, ...count.sum }),
    };
    return { kind: 'end', request: item.request, end: safe, body: body.bytes };
  }

  /** An exchange whose content must not be kept, since looking at it failed. */
  withoutContent(item: RequestItem): RequestItem {
    const { request } = item;
    const body = { ...request.requestBody, truncated: true };
    const empty = { ...request, promptPreview: null, requestHeaders: [], requestBody: body };
    return {
      kind: 'request',
      request: { ...empty, target: request.target.split('?', 1)[0] ?? '' },
      view: null,
      body: NOTHING,
      decoded: null,
    };
  }

  #requestHead(request: ExchangeRequest, count: Count): Partial<ExchangeRequest> {
    const redactor = this.#redactor;
    const id = (value: string): string => count.add(redactor.redactId(value));
    const text = (value: string): string => count.add(redactor.redact(value));
    const { sessionId, agentId, parentId, previousResponseId, model, userAgent } = request;
    return {
      sessionId: id(sessionId),
      agentId: mapped(agentId, id),
      parentId: mapped(parentId, id),
      previousResponseId: mapped(previousResponseId, id),
      model: mapped(model, text),
      userAgent: mapped(userAgent, text),
      clientVersion: mapped(request.clientVersion, text),
      project: mapped(request.project, text),
      target: count.add(redactQuery(request.target, redactor)),
      upstream: count.add(redactQuery(request.upstream, redactor)),
      requestHeaders: this.#headers(request.requestHeaders, count),
      toolResults: request.toolResults.map((result) => ({ ...result, id: id(result.id) })),
    };
  }

  #endHead(end: ExchangeEnd): Partial<ExchangeEnd> {
    const text = (value: string): string => this.#redactor.redact(value).text;
    const usage = JSON.stringify(end.providerUsage ?? null);
    return {
      errorCode: mapped(end.errorCode, text),
      errorMessage: mapped(end.errorMessage, text),
      responseId: mapped(end.responseId, (value) => this.#redactor.redactId(value).text),
      modelUsed: mapped(end.modelUsed, text),
      stopReason: mapped(end.stopReason, text),
      responseHeaders: this.#headers(end.responseHeaders, new Count()),
      providerUsage: text(usage) === usage ? end.providerUsage : null,
    };
  }

  #headers(flat: readonly string[], count: Count): string[] {
    return flat.map((text, index) =>
      index % 2 === 0 ? text : count.add(this.#redactor.redactValue(text, flat[index - 1] ?? '')),
    );
  }

  #cutAgain({ sessionId, agentId }: ExchangeRequest, body: Uint8Array): Cut {
    return this.#cutter.cut(body, `${sessionId} ${agentId}`);
  }

  #redactPlain(plain: Uint8Array, facts: BodyFacts, way: Way): RedactedBytes {
    if (facts.truncated) return this.#bodies.redact(plain, 'text', true);
    const form = formOf(plain, way);
    return form === 'json' && way.cut !== null
      ? this.#bodies.redactJson(plain, way.cut)
      : this.#bodies.redact(plain, form, false);
  }

  #body(bytes: Uint8Array, facts: BodyFacts, way: Way): SafeBody {
    // What was redacted before is stored decoded.
    const codings = facts.redacted === true ? [] : contentCodings(way.headers);
    const plain =
      way.cut?.bytes ?? (codings.length === 0 ? bytes : decodeBeginning(bytes, codings));
    if (plain === null)
      return { bytes: NOTHING, facts: { ...facts, truncated: true }, redactions: NO_REDACTIONS };
    const result = this.#redactPlain(plain, facts, way);
    if (result.redactions === NO_REDACTIONS) {
      // Only the end of a body that was cut anyway may be missing.
      return {
        bytes: codings.length === 0 ? result.bytes : bytes,
        facts,
        redactions: NO_REDACTIONS,
      };
    }
    return {
      bytes: result.bytes,
      facts: { ...facts, redacted: true },
      redactions: result.redactions,
    };
  }
}

/** How a body came. */
interface Way {
  readonly headers: readonly string[];
  /** Known already; otherwise it is looked at. */
  readonly isJson: boolean;
  /** The plain body, if it is JSON that was cut already. */
  readonly cut: Cut | null;
  readonly transport: ExchangeRequest['transport'];
}

interface SafeBody {
  readonly bytes: Uint8Array;
  readonly facts: BodyFacts;
  readonly redactions: Redactions;
}

class Count {
  sum: Redactions = NO_REDACTIONS;

  add({ text, redactions }: RedactedText): string {
    this.sum = addRedactions(this.sum, redactions);
    return text;
  }
}

function redactionsOf(redactions: Redactions): { redactions?: Redactions } {
  return Object.keys(redactions).length === 0 ? {} : { redactions };
}

function mapped(value: string | null, map: (value: string) => string): string | null {
  return value === null ? null : map(value);
}

function viewAgain({ dialect }: ExchangeRequest, cut: Cut | null): RequestView | null {
  const json = cut?.json;
  return dialect === null || json === undefined ? null : codecFor(dialect).parseRequest(json);
}

export function redactPart(part: Part, text: (value: string) => string): Part {
  switch (part.type) {
    case 'text':
    case 'thinking':
      return { ...part, text: text(part.text) };
    case 'tool-call':
      return { ...part, arguments: text(part.arguments) };
    case 'tool-result':
      return { ...part, text: text(part.text) };
    case 'media':
      return { ...part, label: text(part.label) };
  }
}

/** By its content first: some servers give JSON no type, or streams the wrong one. */
function formOf(plain: Uint8Array, { headers, transport, isJson }: Way): BodyForm {
  const type = headerValue(headers, 'content-type')?.toLowerCase() ?? '';
  if (type.startsWith('text/event-stream')) return 'events';
  if (isJson || parseJson(plain) !== undefined) return 'json';
  // The recorder writes a WebSocket's messages one a line.
  if (transport === 'websocket') return 'lines';
  return type.startsWith('application/x-www-form-urlencoded') ? 'query' : 'text';
}
