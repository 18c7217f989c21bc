// Where a request can be when its client leaves, and how the provider brings it there.
import type { Socket } from 'node:net';

export interface Phase {
  readonly name: string;
  /** What the client sends; `{t}` and `{host}` are filled in. */
  readonly send: string;
  /** Bytes sent behind it. */
  readonly bulk?: number;
  /** Nothing goes to a provider. */
  readonly isLocal?: true;
  /** How the exchange is recorded; null: it is none yet. A WebSocket without a turn lacks nothing. */
  readonly outcome: 'aborted' | 'completed' | null;
  /** The client leaves once it has read this. */
  readonly waitsFor?: string;
  readonly readsNothing?: true;
  /** What the provider does when the head has come. */
  readonly provider?: (socket: Socket) => void;
}

const MB = 1 << 20;
/** One session: each new one keeps its JSONL file open for a while. */
const HOST = 'Host: {host}\r\nX-Claude-Code-Session-Id: leaving\r\n';
const GET = `GET {t} HTTP/1.1\r\n${HOST}\r\n`;
const upload = (path: string, length: number): string =>
  `POST ${path} HTTP/1.1\r\n${HOST}Content-Length: ${length}\r\n\r\n`;
const UPGRADE = `GET {t} HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
const SSE_HEAD =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const nothing = (): void => undefined;

export const PHASES: readonly Phase[] = [
  { name: 'in the head', send: `POST {t} HTTP/1.1\r\nHost: `, isLocal: true, outcome: null },
  {
    name: 'in a short body',
    send: `${upload('{t}', 1000)}half`,
    isLocal: true,
    outcome: 'aborted',
  },
  {
    name: 'between attempts to connect',
    send: `${upload('/v1/responses{q}', 2)}{}`,
    isLocal: true,
    outcome: 'aborted',
  },
  {
    name: 'before the answer',
    send: `${upload('{t}', 2)}{}`,
    outcome: 'aborted',
    provider: nothing,
  },
  { name: 'before the answer to a GET', send: GET, outcome: 'aborted', provider: nothing },
  {
    name: 'after the head of the answer',
    send: GET,
    outcome: 'aborted',
    waitsFor: 'event-stream',
    provider: (socket) => socket.write(SSE_HEAD),
  },
  {
    name: 'inside an event',
    send: `${upload('{t}', 2)}{}`,
    outcome: 'aborted',
    waitsFor: 'data: half',
    provider: (socket) => socket.write(`${SSE_HEAD}ff\r\nevent: ping\ndata: half`),
  },
  {
    name: 'while it reads too slowly',
    send: GET,
    outcome: 'aborted',
    readsNothing: true,
    provider: (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * MB}\r\n\r\n`);
      socket.write(Buffer.alloc(6 * MB));
    },
  },
  {
    name: 'in a long upload',
    send: upload('{t}', 8 * MB),
    bulk: 2 * MB,
    outcome: 'aborted',
    provider: nothing,
  },
  {
    name: 'in an upload that is held back',
    send: upload('{t}', 64 * MB),
    bulk: 10 * MB,
    outcome: 'aborted',
    provider: (socket) => void socket.pause(),
  },
  { name: 'before a WebSocket opens', send: UPGRADE, outcome: 'aborted', provider: nothing },
  {
    name: 'inside a WebSocket frame',
    send: UPGRADE,
    outcome: 'completed',
    waitsFor: 'half',
    provider: (socket) =>
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\x81\x7ehalf',
        'latin1',
      ),
  },
];
