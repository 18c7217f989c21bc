/** Sessions, exchanges and what was said in them, as the API answers: checked against the core's types. */
import * as z from 'zod';
import type { Message, Part } from '../../../core/conversation.ts';
import type { ExchangeRequest, Timing } from '../../../core/exchange.ts';
import type { Latency } from '../../../core/latency.ts';
import type {
  ExchangeLine,
  ExchangeSummary,
  SearchHit,
  SessionSummary,
  ToolCallView,
} from '../../../core/ports.ts';
import type { UsageDetails } from '../../../core/usage-details.ts';
import type { ExchangeDiff, ExchangeNeighbours, ExchangeWhole } from '../../api-types.ts';
import { cost, costSum, usage } from './numbers.ts';
import { count, epochMs, isTrue, ms, pageOf, text, textOrNull } from './shape.ts';

const client = z.enum([
  'claude-code',
  'codex',
  'opencode',
  'openai-sdk',
  'anthropic-sdk',
  'curl',
  'other',
]);
const auxiliary = z.enum(['title', 'count-tokens', 'warm-up', 'probe']).nullable();
const outcome = z.enum(['completed', 'failed', 'incomplete', 'aborted', 'interrupted']);
const redactions = z.record(text, count).exactOptional();

const session: z.ZodType<SessionSummary> = z.strictObject({
  sessionId: text,
  startedAt: epochMs,
  lastActivityAt: epochMs,
  client,
  provider: text,
  modelUsed: textOrNull,
  title: textOrNull,
  requests: count,
  errors: count,
  usage: usage.nullable(),
  unknownUsage: count,
  cost: costSum,
  project: textOrNull,
  toolCalls: count,
  isPinned: isTrue,
});

const line: z.ZodType<ExchangeLine> = z.strictObject({
  id: text,
  sessionId: text,
  startedAt: epochMs,
  client,
  auxiliary,
  method: text,
  target: text,
  model: textOrNull,
  promptPreview: textOrNull,
  status: z.int().nullable(),
  outcome: outcome.nullable(),
  errorCode: textOrNull,
  usage: usage.nullable(),
  cost: cost.nullable(),
  firstTokenMs: ms,
  durationMs: ms,
  toolNames: z.array(text),
});

const hit: z.ZodType<SearchHit> = z.strictObject({
  sessionId: text,
  exchangeId: text,
  at: epochMs,
  client,
  model: textOrNull,
  project: textOrNull,
  resume: textOrNull,
  kind: z.enum(['prompt', 'answer', 'thinking', 'tool-call', 'tool-result', 'system']),
  snippet: text,
  marks: z.array(z.tuple([count, count])),
});

const part: z.ZodType<Part> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text }),
  z.strictObject({ type: z.literal('thinking'), text }),
  z.strictObject({ type: z.literal('tool-call'), id: text, name: text, arguments: text }),
  z.strictObject({
    type: z.literal('tool-result'),
    id: text,
    text,
    isError: isTrue.nullable(),
  }),
  z.strictObject({ type: z.literal('media'), label: text }),
]);

const message: z.ZodType<Message> = z.strictObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  parts: z.array(part),
});

const body: z.ZodType<ExchangeRequest['requestBody']> = z.strictObject({
  bytes: count,
  sha256: textOrNull,
  truncated: isTrue,
  redacted: isTrue.exactOptional(),
});

const gaps = z
  .strictObject({
    count,
    p50: z.number(),
    p95: z.number(),
    p99: z.number(),
    buckets: z.array(z.tuple([count, z.number()])),
  })
  .nullable();

const timing: z.ZodType<Timing> = z.strictObject({
  received: ms,
  sent: ms,
  connect: ms,
  firstByte: ms,
  firstToken: ms,
  ended: ms,
  overhead: ms,
  tokenGaps: gaps,
});

const latency: z.ZodType<Latency> = z.strictObject({
  upload: ms,
  queue: ms,
  connect: ms,
  firstByte: ms,
  firstToken: ms,
  tokensPerSecond: ms,
  total: ms,
  overhead: ms,
  gaps,
});

const details: z.ZodType<UsageDetails> = z.strictObject({
  audioInput: count,
  audioOutput: count,
  webSearches: count,
  webFetches: count,
  codeExecutions: count,
  serviceTier: textOrNull,
  surcharge: textOrNull,
  iterations: z.array(z.strictObject({ type: text, model: textOrNull, usage })),
});

const toolCall: z.ZodType<ToolCallView> = z.strictObject({
  id: text,
  name: text,
  arguments: text,
  durationMs: ms,
  isError: isTrue.nullable(),
  resultBytes: count.nullable(),
});

const requestFields = {
  id: text,
  sessionId: text,
  sessionSource: z.enum([
    'header',
    'metadata',
    'prompt-cache-key',
    'previous-response',
    'shared-prefix',
    'new',
    'import',
  ]),
  startedAt: epochMs,
  client,
  clientVersion: textOrNull,
  userAgent: textOrNull,
  provider: text,
  dialect: z.enum(['anthropic-messages', 'openai-chat', 'openai-responses']).nullable(),
  transport: z.enum(['http', 'websocket']),
  method: text,
  target: text,
  upstream: text,
  requestHeaders: z.array(text),
  auxiliary,
  agentId: textOrNull,
  parentId: textOrNull,
  model: textOrNull,
  stream: isTrue,
  previousResponseId: textOrNull,
  promptPreview: textOrNull,
  project: textOrNull,
  messageCount: count.nullable(),
  toolResults: z.array(z.strictObject({ id: text, bytes: count, isError: isTrue.nullable() })),
  requestBody: body,
  redactions,
  importedFrom: z.enum(['claude', 'codex', 'lunaroute']).exactOptional(),
};

const end: z.ZodType<NonNullable<ExchangeSummary['end']>> = z.strictObject({
  id: text,
  sessionId: text,
  endedAt: epochMs,
  outcome,
  errorCode: textOrNull,
  errorMessage: textOrNull,
  status: z.int().nullable(),
  responseId: textOrNull,
  modelUsed: textOrNull,
  stopReason: textOrNull,
  usage: usage.nullable(),
  providerUsage: z.unknown(),
  details,
  estimate: z.strictObject({ input: count, output: count }).nullable(),
  cost: cost.nullable(),
  timing,
  responseBody: body,
  isPartial: isTrue,
  redactions,
});

const detailFields = {
  ...requestFields,
  end: end.nullable(),
  toolCalls: z.array(toolCall),
  answerPreview: textOrNull,
  messages: z.array(message),
  answer: z.array(part),
  responseHeaders: z.array(text),
};

const whole: z.ZodType<ExchangeWhole> = z.strictObject({
  ...detailFields,
  latency: latency.nullable(),
});

const diff: z.ZodType<ExchangeDiff> = z.strictObject({
  previousId: textOrNull,
  same: count,
  removed: z.array(message),
  added: z.array(message),
  facts: z.array(z.strictObject({ name: text, before: textOrNull, now: textOrNull })),
});

const neighbours: z.ZodType<ExchangeNeighbours> = z.strictObject({
  previous: textOrNull,
  next: textOrNull,
});

export const RECORD_SHAPES = {
  SessionSummary: session,
  SessionSummaryPage: pageOf(session),
  ExchangeLine: line,
  ExchangeLinePage: pageOf(line),
  SearchHit: hit,
  SearchHitPage: pageOf(hit),
  Part: part,
  Message: message,
  BodyFacts: body,
  Timing: timing,
  Latency: latency,
  ToolCall: toolCall,
  ExchangeEnd: end,
  ExchangeWhole: whole,
  ExchangeDiff: diff,
  ExchangeNeighbours: neighbours,
} as const;
