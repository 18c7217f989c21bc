// Makes the recorder's items for the JSONL sink, and joins a session's lines again as an exporter would.
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dialect } from '../../src/core/conversation.ts';
import type { ExchangeEnd, ExchangeRequest, ToolResultRecord } from '../../src/core/exchange.ts';
import { NO_DETAILS } from '../../src/core/usage-details.ts';
import { codecFor } from '../../src/dialects/registry.ts';
import { JsonlSink } from '../../src/store/jsonl-sink.ts';
import type { SinkItem } from '../../src/store/sink.ts';
import { AT } from './recorder-tap.ts';

export type Line = Record<string, unknown>;

export interface RequestScript {
  id: string;
  session?: string;
  at?: number;
  body?: unknown;
  /** Bytes that are not JSON. */
  raw?: string;
  dialect?: Dialect | null;
  toolResults?: ToolResultRecord[];
}

const NO_TIMING = {
  received: null,
  sent: null,
  connect: null,
  firstByte: null,
  firstToken: null,
  ended: null,
  overhead: null,
  tokenGaps: null,
};

export function tempFolder(): string {
  return mkdtempSync(join(tmpdir(), 'lunaroute-jsonl-'));
}

export function jsonlSink(directory: string, notices: string[] = []): JsonlSink {
  return new JsonlSink({ directory, onNotice: (notice) => notices.push(notice) });
}

export function requestItem(script: RequestScript): Extract<SinkItem, { kind: 'request' }> {
  const dialect = script.dialect === undefined ? 'anthropic-messages' : script.dialect;
  const body = Buffer.from(script.raw ?? JSON.stringify(script.body));
  const isRead = dialect !== null && script.raw === undefined;
  return {
    kind: 'request',
    request: exchangeRequest(script, dialect, body.length),
    view: isRead ? codecFor(dialect).parseRequest(script.body) : null,
    body,
    decoded: body,
  };
}

export function endItem(
  script: RequestScript,
  end: Partial<ExchangeEnd> = {},
): Extract<SinkItem, { kind: 'end' }> {
  const dialect = script.dialect === undefined ? 'anthropic-messages' : script.dialect;
  const request = exchangeRequest(script, dialect, 0);
  return {
    kind: 'end',
    request,
    body: Buffer.from('{}'),
    end: {
      id: request.id,
      sessionId: request.sessionId,
      endedAt: request.startedAt + 1000,
      outcome: 'completed',
      errorCode: null,
      errorMessage: null,
      status: 200,
      responseHeaders: [],
      responseId: null,
      modelUsed: 'm',
      stopReason: 'end_turn',
      parts: [],
      toolCalls: [],
      usage: null,
      providerUsage: null,
      details: NO_DETAILS,
      estimate: null,
      cost: null,
      rateLimits: null,
      timing: NO_TIMING,
      responseBody: { bytes: 2, sha256: null, truncated: false },
      isPartial: false,
      ...end,
    },
  };
}

function exchangeRequest(
  script: RequestScript,
  dialect: Dialect | null,
  bytes: number,
): ExchangeRequest {
  return {
    id: script.id,
    sessionId: script.session ?? 's1',
    sessionSource: 'header',
    startedAt: script.at ?? AT,
    client: 'claude-code',
    clientVersion: '2.1',
    userAgent: 'claude-cli/2.1',
    provider: 'anthropic',
    dialect,
    transport: 'http',
    method: 'POST',
    target: '/v1/messages',
    upstream: 'https://api.example',
    requestHeaders: [],
    auxiliary: null,
    agentId: null,
    parentId: null,
    model: 'm',
    stream: true,
    previousResponseId: null,
    promptPreview: null,
    project: null,
    messageCount: null,
    toolResults: script.toolResults ?? [],
    requestBody: { bytes, sha256: null, truncated: false },
  };
}

/** All lines of all files below a folder, oldest date first. */
export function readLines(directory: string): Line[] {
  return jsonlFiles(directory).flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line): Line => JSON.parse(line)),
  );
}

export function jsonlFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .flatMap((date) =>
      readdirSync(join(directory, date)).map((name) => join(directory, date, name)),
    );
}

/** Every exchange's whole body again: the rule at the head of src/store/jsonl/lines.ts. */
export function joinLines(
  lines: readonly Line[],
): Map<string, { messages: unknown[]; params: Line }> {
  const joined = new Map<string, { messages: unknown[]; params: Line }>();
  for (const line of lines) {
    if (line['type'] !== 'request') continue;
    const before = joined.get(String(line['continues']))?.messages ?? [];
    const shared = before.slice(0, Number(line['messages_before']));
    if (shared.length !== line['messages_before']) throw new Error('continues what is not there');
    const params = { ...(line['params'] as Line) };
    for (const [name, source] of Object.entries(line['params_from'] as Record<string, string>)) {
      params[name] = joined.get(source)?.params[name];
    }
    joined.set(String(line['exchange_id']), {
      messages: [...shared, ...(line['messages'] as unknown[])],
      params,
    });
  }
  return joined;
}
