/**
 * Sends one span per exchange, and one child per tool call, to an OTLP receiver: a subscriber of the
 * event stream, on the official SDK. A receiver that is down costs spans, never anything else: the
 * queue is bounded and nothing waits for it. Must never publish an event or touch a request.
 */
import {
  type Context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { FlowEvent } from '../core/events.ts';
import type { ExchangeEnd, ExchangeRequest, ToolCallRecord } from '../core/exchange.ts';
import { ownResult } from '../core/own-result.ts';
import { contentAttributes, exchangeAttributes, spanName, toolAttributes } from './attributes.ts';

export interface OtelOptions {
  /** Base URL of the receiver; `/v1/traces` is appended. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Prompts, answers and tool arguments, too. */
  readonly hasContent: boolean;
  readonly version: string;
}

interface PendingCall {
  readonly call: ToolCallRecord;
  readonly askedAt: number;
  /** Of the exchange that asked. */
  readonly parent: Context;
}

const MAX_RUNNING = 10_000;
const MAX_PENDING = 10_000;
const MAX_TEXT = 64 * 1024;
/** With its retries: a receiver that is down holds up the end of the program for no longer. */
const EXPORT_TIMEOUT_MS = 3000;
const EXPORT_EVERY_MS = 1000;

export class OtelExporter {
  readonly #options: OtelOptions;
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;
  readonly #running = new Map<string, ExchangeRequest>();
  readonly #pending = new Map<string, PendingCall>();

  constructor(options: OtelOptions) {
    this.#options = options;
    const exporter = new OTLPTraceExporter({
      url: `${options.endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: { ...options.headers },
      timeoutMillis: EXPORT_TIMEOUT_MS,
    });
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({
        'service.name': 'lunaroute',
        'service.version': options.version,
      }),
      spanLimits: { attributeValueLengthLimit: MAX_TEXT },
      spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: EXPORT_EVERY_MS })],
    });
    this.#tracer = this.#provider.getTracer('lunaroute', options.version);
  }

  readonly take = (event: FlowEvent): void => {
    if (event.type === 'exchange.started') this.#onStarted(event.exchange);
    else if (event.type === 'exchange.ended') this.#onEnded(event.end);
  };

  /** Sends what waits, for at most `ms`. */
  async close(ms: number): Promise<void> {
    const timer = Promise.withResolvers<void>();
    const timeout = setTimeout(timer.resolve, ms);
    await Promise.race([this.#provider.shutdown().catch(() => undefined), timer.promise]);
    clearTimeout(timeout);
  }

  #onStarted(request: ExchangeRequest): void {
    bound(this.#running, MAX_RUNNING);
    this.#running.set(request.id, request);
    for (const { id, isError } of request.toolResults) {
      const key = `${request.sessionId}\n${id}`;
      const pending = this.#pending.get(key);
      if (pending === undefined) continue;
      this.#pending.delete(key);
      this.#endTool(pending, Math.max(pending.askedAt, request.startedAt), isError);
    }
  }

  #onEnded(end: ExchangeEnd): void {
    const request = this.#running.get(end.id) ?? null;
    this.#running.delete(end.id);
    const attributes = exchangeAttributes(request, end);
    const content = this.#options.hasContent ? contentAttributes(request, end) : {};
    const startTime = request?.startedAt ?? end.endedAt;
    const span = this.#tracer.startSpan(
      spanName(request, end),
      { kind: SpanKind.CLIENT, startTime, attributes: { ...attributes, ...content } },
      ROOT_CONTEXT,
    );
    if (end.outcome === 'failed' || end.outcome === 'incomplete') {
      span.setStatus({ code: SpanStatusCode.ERROR, message: end.errorCode ?? end.outcome });
    }
    span.end(Math.max(startTime, end.endedAt));
    this.#keepCalls(end, trace.setSpan(ROOT_CONTEXT, span));
  }

  #keepCalls(end: ExchangeEnd, parent: Context): void {
    for (const call of end.toolCalls) {
      const pending = { call, askedAt: end.endedAt, parent };
      const own = ownResult(end.parts, call.id);
      if (own !== null) {
        // The provider ran it inside the answer: how long, nobody measured.
        this.#endTool(pending, end.endedAt, own.isError);
        continue;
      }
      bound(this.#pending, MAX_PENDING);
      this.#pending.set(`${end.sessionId}\n${call.id}`, pending);
    }
  }

  #endTool({ call, askedAt, parent }: PendingCall, endedAt: number, isError: boolean | null): void {
    const content = this.#options.hasContent
      ? { 'gen_ai.tool.call.arguments': call.arguments }
      : {};
    const span = this.#tracer.startSpan(
      `execute_tool ${call.name}`,
      {
        kind: SpanKind.INTERNAL,
        startTime: askedAt,
        attributes: { ...toolAttributes(call), ...content },
      },
      parent,
    );
    if (isError === true) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endedAt);
  }
}

/** Makes room for one more: the oldest leaves. */
function bound(map: Map<string, unknown>, max: number): void {
  const [oldest] = map.keys();
  if (map.size >= max && oldest !== undefined) map.delete(oldest);
}
