/**
 * The demo's provider: one HTTP server on a free port of the loopback address that answers the demo's
 * agents from the script, and nobody else. Keeps account of what it has sent, so that the recorded
 * numbers can be compared with it.
 */
import { once } from 'node:events';
import http from 'node:http';
import type { Duplex } from 'node:stream';
import { addUsage, NO_USAGE, type Usage } from '../core/usage.ts';
import { anthropicEvents } from './anthropic.ts';
import { chatChunks } from './chat.ts';
import type { Pace } from './pace.ts';
import { responsesEvents } from './responses.ts';
import { DEMO } from './script.ts';
import type { Answer, DemoSession, Position, Refused, Spoken } from './session.ts';
import { acceptWebSocket } from './websocket.ts';

/** What was sent so far. */
export interface Sent {
  readonly requests: number;
  readonly failed: number;
  readonly usage: Usage;
}

const FIRST_BYTE_MS = 350;
const PIECE_MS = 65;
const HOUR_MS = 3_600_000;

export class DemoProvider {
  readonly #pace: Pace;
  readonly #server = http.createServer((req, res) => void this.#answer(req, res));
  readonly #sockets = new Set<Duplex>();
  readonly #next = new Map<DemoSession, number>();
  #sent: Sent = { requests: 0, failed: 0, usage: NO_USAGE };

  constructor(pace: Pace) {
    this.#pace = pace;
    this.#server.on('upgrade', (req, socket) => this.#accept(req, socket));
  }

  get sent(): Sent {
    return this.#sent;
  }

  /** Listens; returns its URL. */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('it has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #answer(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    req.resume();
    res.on('error', () => res.destroy());
    const session = sessionOf(req.url ?? '');
    const turn = session === null ? null : this.#take(session);
    if (turn === null) return refuse(res, UNKNOWN);
    const { position, answer } = turn;
    await this.#pace.wait(FIRST_BYTE_MS);
    if (answer.kind === 'refused') {
      this.#count(NO_USAGE, false);
      return refuse(res, answer, limitHeaders(position, 0));
    }
    res.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-request-id': `req_demo_${position.index}`,
      ...limitHeaders(position, 50 - position.index * 10),
    });
    res.flushHeaders();
    for (const piece of piecesOf(position, answer)) {
      res.write(piece);
      await this.#pace.wait(PIECE_MS);
    }
    this.#count(answer.usage, true);
    res.end();
  }

  #accept(req: http.IncomingMessage, socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    const send = acceptWebSocket(socket, req.headers['sec-websocket-key'] ?? '', () => {
      void this.#speak(send);
    });
  }

  /** One turn over the WebSocket. */
  async #speak(send: (text: string) => void): Promise<void> {
    const turn = this.#take(DEMO.codex);
    if (turn?.answer.kind !== 'spoken') return;
    await this.#pace.wait(FIRST_BYTE_MS);
    for (const event of responsesEvents(turn.position, turn.answer)) {
      send(event);
      await this.#pace.wait(PIECE_MS);
    }
    this.#count(turn.answer.usage, true);
  }

  /** The next answer of a session; null when it has said everything. */
  #take(session: DemoSession): { position: Position; answer: Answer } | null {
    const index = this.#next.get(session) ?? 0;
    const answer = session.answers[index];
    if (answer === undefined) return null;
    this.#next.set(session, index + 1);
    return { position: { session, index }, answer };
  }

  #count(usage: Usage, isDone: boolean): void {
    const { requests, failed, usage: before } = this.#sent;
    this.#sent = {
      requests: requests + 1,
      failed: failed + (isDone ? 0 : 1),
      usage: addUsage(before, usage),
    };
  }
}

const UNKNOWN: Pick<Refused, 'status' | 'error' | 'headers'> = {
  status: 404,
  error: { type: 'not_found_error', message: "the demo's provider knows only its own script" },
  headers: {},
};

function sessionOf(target: string): DemoSession | null {
  const path = target.split('?', 1)[0];
  if (path === '/v1/messages') return DEMO.claude;
  return path === '/v1/chat/completions' ? DEMO.chat : null;
}

function piecesOf(position: Position, answer: Spoken): string[] {
  const isAnthropic = position.session === DEMO.claude;
  return isAnthropic ? anthropicEvents(position, answer) : chatChunks(position, answer);
}

function refuse(
  res: http.ServerResponse,
  { status, error, headers }: Pick<Refused, 'status' | 'error' | 'headers'>,
  limits: Readonly<Record<string, string>> = {},
): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers, ...limits });
  res.end(JSON.stringify({ type: 'error', error }));
}

/** Rate limits as Anthropic says them. */
function limitHeaders({ session }: Position, remaining: number): Record<string, string> {
  if (session !== DEMO.claude) return {};
  return {
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': String(Math.max(0, remaining)),
    'anthropic-ratelimit-requests-reset': new Date(Date.now() + HOUR_MS).toISOString(),
  };
}
