/** What a line of our own must look like to be believed: everything else is a bad line. */
import { z } from 'zod';
import type { Part } from '../../core/conversation.ts';
import type { ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';

const text = z.string();
const textOrNull = z.string().nullable();
const count = z.int().nonnegative();
const time = z.number().min(0).max(8.64e15);
const ms = z.number().nullable();
const id = z.string().min(1).max(1_000);
const dialect = z.enum(['anthropic-messages', 'openai-chat', 'openai-responses']).nullable();
const auxiliary = z.enum(['title', 'count-tokens', 'warm-up', 'probe']).nullable();
const redactions = z.record(text, count).exactOptional();

const usage = z.object({
  input: count,
  cacheRead: count,
  cacheWrite5m: count,
  cacheWrite1h: count,
  output: count,
  reasoning: count,
});

const details = z.object({
  audioInput: count,
  audioOutput: count,
  webSearches: count,
  webFetches: count,
  codeExecutions: count,
  serviceTier: textOrNull,
  surcharge: textOrNull,
  iterations: z.array(z.object({ type: text, model: textOrNull, usage })),
});

const part: z.ZodType<Part> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text }),
  z.object({ type: z.literal('thinking'), text }),
  z.object({ type: z.literal('tool-call'), id: text, name: text, arguments: text }),
  z.object({ type: z.literal('tool-result'), id: text, text, isError: z.boolean().nullable() }),
  z.object({ type: z.literal('media'), label: text }),
]);

const timing = z.object({
  received: ms,
  sent: ms,
  connect: ms,
  firstByte: ms,
  firstToken: ms,
  ended: ms,
  overhead: ms,
  tokenGaps: z
    .object({
      count,
      p50: z.number(),
      p95: z.number(),
      p99: z.number(),
      buckets: z.array(z.tuple([count, z.number()])),
    })
    .nullable(),
});

const estimate = z.object({ input: count, output: count }).nullable();
const outcome = z.enum(['completed', 'failed', 'incomplete', 'aborted', 'interrupted']);
const cost = z
  .object({
    nanoUsd: z.int(),
    certainty: z.enum(['exact', 'estimated']),
    priceVersion: text,
  })
  .nullable();

const body = z.object({
  bytes: count,
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  truncated: z.boolean(),
  redacted: z.boolean().exactOptional(),
});

const request: z.ZodType<ExchangeRequest> = z.object({
  id,
  sessionId: id,
  sessionSource: z.enum([
    'header',
    'metadata',
    'prompt-cache-key',
    'previous-response',
    'shared-prefix',
    'new',
    'import',
  ]),
  startedAt: time,
  client: z.enum([
    'claude-code',
    'codex',
    'opencode',
    'openai-sdk',
    'anthropic-sdk',
    'curl',
    'other',
  ]),
  clientVersion: textOrNull,
  userAgent: textOrNull,
  provider: text,
  dialect,
  transport: z.enum(['http', 'websocket']),
  method: text,
  target: text,
  upstream: text,
  requestHeaders: z.array(text),
  auxiliary,
  agentId: textOrNull,
  parentId: textOrNull,
  model: textOrNull,
  stream: z.boolean(),
  previousResponseId: textOrNull,
  promptPreview: textOrNull,
  project: textOrNull,
  messageCount: count.nullable(),
  toolResults: z.array(z.object({ id: text, bytes: count, isError: z.boolean().nullable() })),
  requestBody: body,
  redactions,
  importedFrom: z.enum(['claude', 'codex', 'lunaroute']).exactOptional(),
});

const end: z.ZodType<ExchangeEnd> = z.object({
  id,
  sessionId: id,
  endedAt: time,
  outcome,
  errorCode: textOrNull,
  errorMessage: textOrNull,
  status: z.int().nullable(),
  responseHeaders: z.array(text),
  responseId: textOrNull,
  modelUsed: textOrNull,
  stopReason: textOrNull,
  parts: z.array(part),
  toolCalls: z.array(z.object({ id: text, name: text, arguments: text })),
  usage: usage.nullable(),
  providerUsage: z.unknown(),
  details,
  estimate,
  cost,
  rateLimits: z.null(),
  timing,
  responseBody: body,
  isPartial: z.boolean(),
  redactions,
});

const bodyJson = z.union([
  z.object({ like: id, start: count, end: count, text }),
  z.object({ text }),
  z.object({ base64: z.base64() }),
]);
export type BodyJson = z.infer<typeof bodyJson>;

/** A line of `lunaroute export --format jsonl`. */
export const exportedLine = z.object({
  type: z.literal('exchange'),
  format: z.literal(1),
  request,
  end: end.nullable(),
  requestBody: bodyJson.nullable(),
  responseBody: bodyJson.nullable(),
});

/** A request as it was recorded to JSONL. */
export const recordedRequest = z.object({
  type: z.literal('request'),
  at: text,
  session_id: id,
  exchange_id: id,
  method: text,
  target: text,
  provider: text,
  dialect,
  model: textOrNull,
  auxiliary,
  agent_id: textOrNull,
  previous_response_id: textOrNull,
  messages_before: count,
  continues: textOrNull,
  messages: z.array(z.unknown()),
  params: z.record(text, z.unknown()),
  params_from: z.record(text, text),
  body_bytes: count,
  truncated: z.boolean(),
});
export type RecordedRequest = z.infer<typeof recordedRequest>;

/** Its answer. */
export const recordedResponse = z.object({
  type: z.literal('response'),
  at: text,
  session_id: id,
  exchange_id: id,
  outcome,
  status: z.int().nullable(),
  model: textOrNull,
  response_id: textOrNull,
  stop_reason: textOrNull,
  parts: z.array(part),
  usage: usage.nullable(),
  provider_usage: z.unknown(),
  usage_details: details,
  usage_estimate: estimate,
  cost,
  timing,
  body_bytes: count,
  partial: z.boolean(),
});
export type RecordedResponse = z.infer<typeof recordedResponse>;
