/** What only the API says: the server itself, a session's tools and cache, settings, errors. */
import * as z from 'zod';
import type { CacheFinding } from '../../../core/cache-explain.ts';
import type { RecorderStatus } from '../../../core/events.ts';
import type { ServerFacts } from '../../../core/live-source.ts';
import type { ToolSize } from '../../../core/ports.ts';
import type { ConfigView, Overview, Problem, SessionCache, SessionTools } from '../../api-types.ts';
import { NUMBER_SHAPES } from './numbers.ts';
import { count, epochMs, isTrue, ms, text, textOrNull } from './shape.ts';

const facts: z.ZodType<ServerFacts> = z.strictObject({
  version: text,
  pid: count,
  url: text,
  startedAt: epochMs,
  isRecording: isTrue,
  exposure: textOrNull,
  uiUrl: textOrNull,
});

const recorder: z.ZodType<RecorderStatus> = z.strictObject({
  queueBytes: count,
  droppedBytes: count,
  writeErrors: count,
  degraded: z.array(text),
});

const overview: z.ZodType<Overview> = z.strictObject({
  facts,
  recorder: recorder.nullable(),
  hasHistory: isTrue,
  token: text,
});

const toolSize: z.ZodType<ToolSize> = z.strictObject({
  name: text,
  argumentBytes: count,
  resultBytes: count,
  definitionBytes: count.nullable(),
  definitionTokens: count.nullable(),
  resultTokens: count.nullable(),
});

const sessionTools: z.ZodType<SessionTools> = z.strictObject({
  tools: z.array(NUMBER_SHAPES.ToolStats),
  sizes: z.array(toolSize),
});

const finding: z.ZodType<CacheFinding> = z.strictObject({
  exchangeId: text,
  startedAt: epochMs,
  model: text,
  agentId: textOrNull,
  input: count,
  read: count,
  written: count,
  share: z.number(),
  expected: count.nullable(),
  missed: count,
  cause: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('changed'), piece: text }),
      z.strictObject({ kind: z.literal('expired'), idleMs: z.number(), ttlMs: z.number() }),
      z.strictObject({ kind: z.literal('unexplained') }),
    ])
    .nullable(),
  missedNanoUsd: ms,
});

const sessionCache: z.ZodType<SessionCache> = z.strictObject({
  sessionId: text,
  findings: z.array(finding),
  coldAt: epochMs.nullable(),
});

const config: z.ZodType<ConfigView> = z.strictObject({
  file: textOrNull,
  dataDir: text,
  values: z.array(z.strictObject({ key: text, value: z.unknown(), source: text, help: text })),
});

const problem: z.ZodType<Problem> = z.strictObject({
  type: text,
  title: text,
  status: z.int(),
  detail: text,
});

export const OTHER_SHAPES = {
  Overview: overview,
  ServerFacts: facts,
  RecorderStatus: recorder,
  ToolSize: toolSize,
  SessionTools: sessionTools,
  CacheFinding: finding,
  SessionCache: sessionCache,
  ConfigView: config,
  Problem: problem,
} as const;
