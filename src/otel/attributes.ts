/**
 * An exchange and a tool call by the names of OpenTelemetry's GenAI semantic conventions (incubating,
 * semantic-conventions 1.x); what they have no name for stands under `lunaroute.`. Content only when
 * it was asked for; events are redacted before they get here. Pure.
 */
import type { Attributes } from '@opentelemetry/api';
import { usdOf } from '../core/cost.ts';
import type { ExchangeEnd, ExchangeRequest } from '../core/exchange.ts';
import { latencyOf } from '../core/latency.ts';

export function spanName(request: ExchangeRequest | null, end: ExchangeEnd): string {
  const model = end.modelUsed ?? request?.model ?? null;
  if (model !== null) return `chat ${model}`;
  return request === null ? 'request' : `${request.method} ${pathOf(request)}`;
}

export function exchangeAttributes(request: ExchangeRequest | null, end: ExchangeEnd): Attributes {
  return defined({
    'gen_ai.operation.name': request?.dialect === null ? undefined : 'chat',
    'gen_ai.provider.name': providerName(request),
    'gen_ai.conversation.id': end.sessionId,
    'gen_ai.agent.id': request?.agentId ?? undefined,
    'gen_ai.request.model': request?.model ?? undefined,
    'gen_ai.request.stream': request?.stream,
    'gen_ai.response.model': end.modelUsed ?? undefined,
    'gen_ai.response.id': end.responseId ?? undefined,
    'gen_ai.response.finish_reasons': end.stopReason === null ? undefined : [end.stopReason],
    'http.response.status_code': end.status ?? undefined,
    'error.type': end.errorCode ?? undefined,
    ...serverAttributes(request),
    ...usageAttributes(end),
    ...timeAttributes(end),
    'lunaroute.exchange.id': end.id,
    'lunaroute.outcome': end.outcome,
    'lunaroute.client': request?.client,
    'lunaroute.provider': request?.provider,
  });
}

function usageAttributes({ usage, cost, details }: ExchangeEnd): Attributes {
  return defined({
    'gen_ai.usage.input_tokens': usage?.input,
    'gen_ai.usage.output_tokens': usage?.output,
    'gen_ai.usage.cache_read.input_tokens': usage?.cacheRead,
    'gen_ai.usage.cache_creation.input_tokens':
      usage === null ? undefined : usage.cacheWrite5m + usage.cacheWrite1h,
    'gen_ai.usage.reasoning.output_tokens': usage?.reasoning,
    'lunaroute.service_tier': details.serviceTier ?? undefined,
    'lunaroute.cost.usd': cost === null ? undefined : usdOf(cost.nanoUsd),
    'lunaroute.cost.certainty': cost?.certainty,
  });
}

function timeAttributes({ timing, usage }: ExchangeEnd): Attributes {
  const { firstToken, overhead, tokensPerSecond } = latencyOf(timing, usage);
  return defined({
    'gen_ai.response.time_to_first_chunk': firstToken === null ? undefined : firstToken / 1000,
    'lunaroute.overhead_ms': overhead ?? undefined,
    'lunaroute.tokens_per_second': tokensPerSecond ?? undefined,
  });
}

function serverAttributes(request: ExchangeRequest | null): Attributes {
  const url = request === null ? null : URL.parse(request.upstream);
  if (url === null) return {};
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { 'server.address': url.hostname, 'server.port': port };
}

/** The conventions' words for whose API it is. */
function providerName(request: ExchangeRequest | null): string | undefined {
  if (request === null || request.dialect === null) return undefined;
  return request.dialect === 'anthropic-messages' ? 'anthropic' : 'openai';
}

/** What the model said, and the human's words as far as events carry them. */
export function contentAttributes(request: ExchangeRequest | null, end: ExchangeEnd): Attributes {
  const prompt = request?.promptPreview ?? null;
  const answer = { role: 'assistant', parts: end.parts, finish_reason: end.stopReason };
  return defined({
    'gen_ai.input.messages':
      prompt === null
        ? undefined
        : JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: prompt }] }]),
    'gen_ai.output.messages': end.parts.length === 0 ? undefined : JSON.stringify([answer]),
  });
}

export function toolAttributes(call: { id: string; name: string }): Attributes {
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': call.name,
    'gen_ai.tool.call.id': call.id,
    'gen_ai.tool.type': 'function',
  };
}

function pathOf({ target }: ExchangeRequest): string {
  return target.split('?', 1)[0] ?? '';
}

function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
