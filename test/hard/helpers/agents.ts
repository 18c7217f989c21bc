// Agents that stream from a provider of known answers, each request with a mark by which its row is
// found again: what was sent, what came, and what was recorded can be compared to the byte.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { databasePath } from '../../helpers/history.ts';
import { until } from '../../helpers/program.ts';

export interface Pace {
  readonly events: number;
  readonly gapMs: number;
}

/** The whole answer to the request with this mark. */
export function answerPieces(mark: string, events: number): string[] {
  const sse = (type: string, data: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  const message = { id: `msg_${mark}`, role: 'assistant', model: 'claude-x', content: [] };
  return [
    sse('message_start', {
      message: { ...message, usage: { input_tokens: 9, output_tokens: 1 } },
    }) + sse('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...Array.from({ length: events }, (_, index) =>
      sse('content_block_delta', {
        index: 0,
        delta: { type: 'text_delta', text: `${mark} says word ${index}. ` },
      }),
    ),
    sse('content_block_stop', { index: 0 }) +
      sse('message_delta', {
        delta: { stop_reason: 'end_turn' },
        usage: { output_tokens: events },
      }) +
      sse('message_stop', {}),
  ];
}

export interface StreamProvider {
  readonly url: string;
  /** Requests whose body had arrived. */
  readonly marks: string[];
  stop(): Promise<void>;
}

/** Answers each request with answerPieces() of the mark in its query, at the pace in its query. */
export async function startStreamProvider(): Promise<StreamProvider> {
  const marks: string[] = [];
  const server = http.createServer((req, res) => {
    req.resume().once('end', () => {
      const mark = markOf(req.url ?? '');
      const [, events, gapMs] = /events=(\d+)&gap=(\d+)/.exec(req.url ?? '') ?? [];
      marks.push(mark);
      void answer(res, answerPieces(mark, Number(events)), Number(gapMs));
    });
  });
  // As providers do: idle connections outlive the pauses of a starved machine.
  server.keepAliveTimeout = 300_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    marks,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(res: http.ServerResponse, pieces: string[], gapMs: number): Promise<void> {
  res.on('error', () => undefined);
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  res.flushHeaders();
  for (const piece of pieces) {
    if (res.destroyed) return;
    res.write(piece);
    if (gapMs > 0) await sleep(gapMs);
  }
  res.end();
}

function markOf(target: string): string {
  return /[?&]mark=([\w-]+)/.exec(target)?.[1] ?? '';
}

export interface Taken {
  readonly mark: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The answer came whole and is the provider's to the byte. */
  readonly isWhole: boolean;
}

/** One streamed turn through LunaRoute, over `agent`'s connections. */
export function ask(url: string, mark: string, pace: Pace, agent?: http.Agent): Promise<Taken> {
  return new Promise((resolve) => {
    const hash = createHash('sha256');
    let bytes = 0;
    const taken = (isComplete: boolean): void => {
      const sha256 = hash.copy().digest('hex');
      const expected = createHash('sha256').update(answerPieces(mark, pace.events).join(''));
      resolve({ mark, bytes, sha256, isWhole: isComplete && sha256 === expected.digest('hex') });
    };
    const body = JSON.stringify({
      model: 'claude-x',
      stream: true,
      messages: [{ role: 'user', content: `do ${mark}` }],
    });
    const req = http.request(
      `${url}/v1/messages?mark=${mark}&events=${pace.events}&gap=${pace.gapMs}`,
      {
        method: 'POST',
        agent: agent ?? false,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'x-api-key': 'sk-ant-api03-hard',
          'x-session-id': `session-${mark.split('-')[0]}`,
        },
      },
    );
    req.on('error', () => taken(false));
    req.on('response', (res) => {
      res.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        hash.update(chunk);
      });
      res.on('error', () => undefined);
      res.on('close', () => taken(res.complete && res.statusCode === 200));
    });
    req.end(body);
  });
}

export interface Row {
  readonly mark: string;
  readonly outcome: string | null;
  readonly errorCode: string | null;
  readonly status: number | null;
  readonly sha256: string | null;
  readonly endedMs: number | null;
  readonly firstByteMs: number | null;
  readonly overheadMs: number | null;
}

/** What the database holds, by mark. */
export function recorded(home: string): Map<string, Row> {
  if (!existsSync(databasePath(home))) return new Map();
  const database = new Database(databasePath(home), { readonly: true });
  try {
    if (database.pragma('user_version', { simple: true }) === 0) return new Map();
    const rows = database
      .prepare<[], Row & { target: string }>(
        `SELECT target, outcome, status, error_code AS errorCode, lower(hex(response_sha256)) AS sha256, ended_ms AS endedMs,
          first_byte_ms AS firstByteMs, overhead_ms AS overheadMs FROM exchanges`,
      )
      .all();
    return new Map(rows.map((row) => [markOf(row.target), { ...row, mark: markOf(row.target) }]));
  } finally {
    database.close();
  }
}

/** The rows of these marks, once all of them have ended. */
export function untilEnded(home: string, marks: readonly string[]): Promise<Map<string, Row>> {
  return until(
    `the ends of ${marks.length} exchanges`,
    () => {
      const rows = recorded(home);
      return marks.every((mark) => rows.get(mark)?.outcome) ? rows : undefined;
    },
    120_000,
  );
}

export function integrity(home: string): unknown {
  const database = new Database(databasePath(home), { readonly: true });
  try {
    return database.pragma('integrity_check', { simple: true });
  } finally {
    database.close();
  }
}

/** Marks of which JSONL holds an answer; throws on a line that is no JSON or has no end. */
export function marksInJsonl(home: string): Set<string> {
  const folder = join(home, '.lunaroute/sessions');
  const marks = new Set<string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.jsonl')) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    if (!text.endsWith('\n')) throw new Error(`${name} ends in the middle of a line`);
    for (const line of text.trimEnd().split('\n')) {
      JSON.parse(line);
      for (const [, mark] of line.matchAll(/([\w-]+) says word 0\./g)) marks.add(mark ?? '');
    }
  }
  return marks;
}
