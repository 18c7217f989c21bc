// Both ends of a WebSocket: a provider of ws, a client of ws, and waiting for what they heard.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import WebSocket, { type ServerOptions, WebSocketServer } from 'ws';
import { waitFor } from './proxy-wait.ts';

const MAX_PAYLOAD = 64 * 1024 * 1024;

export interface WebSocketProvider {
  readonly port: number;
  readonly server: Server;
  /** Upgrade requests as they came. */
  readonly upgrades: IncomingMessage[];
  /** The nth accepted connection, once it is there. */
  readonly socket: (index?: number) => Promise<WebSocket>;
}

/** `refuse` may answer instead of the handshake: then it returns true. */
export async function startWebSocketProvider(
  options: Partial<ServerOptions> = {},
  refuse: (socket: Duplex) => boolean = () => false,
): Promise<WebSocketProvider> {
  const server = createServer();
  const accepting = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD, ...options });
  const sockets: WebSocket[] = [];
  const upgrades: IncomingMessage[] = [];
  const raw = new Set<Duplex>();
  server.on('upgrade', (req, socket, head) => {
    upgrades.push(req);
    raw.add(socket);
    socket.on('error', () => undefined);
    if (refuse(socket)) return;
    accepting.handleUpgrade(req, socket, head, (accepted) => {
      accepted.on('error', () => undefined);
      sockets.push(accepted);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of raw) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    server,
    upgrades,
    socket: (index = 0) => waitFor(() => sockets[index], 'a WebSocket at the provider'),
  };
}

export function openWebSocket(
  port: number,
  options: WebSocket.ClientOptions = {},
  path = '/v1/responses',
): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
    maxPayload: MAX_PAYLOAD,
    ...options,
  });
  socket.on('error', () => undefined);
  onTestFinished(() => socket.terminate());
  return socket;
}

export interface Heard {
  readonly hashes: string[];
  readonly close: () => { code: number; reason: string } | null;
}

/** sha256 and kind of every message, in order, and how the connection closed. */
export function listen(socket: WebSocket): Heard {
  const hashes: string[] = [];
  let close: { code: number; reason: string } | null = null;
  socket.on('message', (data: Buffer, isBinary) => hashes.push(digest(data, isBinary)));
  socket.on('close', (code, reason) => {
    close = { code, reason: reason.toString() };
  });
  return { hashes, close: () => close };
}

export function digest(data: Buffer, isBinary: boolean): string {
  return `${isBinary ? 'b' : 't'}${data.length} ${createHash('sha256').update(data).digest('hex')}`;
}

/** What a client sees when its upgrade does not succeed: status, headers and body, or the error. */
export function refusalOf(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.on('open', () => resolve('opened'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('unexpected-response', (_req, res) => {
      let body = '';
      res.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      res.on('end', () => resolve(`${res.statusCode} ${res.statusMessage} ${body}`));
      res.on('error', () => resolve(`${res.statusCode} cut`));
    });
  });
}
