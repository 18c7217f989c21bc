/**
 * The client's side of an upgrade while the provider has not answered yet. node:http lets go of the
 * socket at an upgrade, so nobody would notice that the client leaves: this reads the socket, keeps
 * the little that may come early, and gives the socket a ServerResponse for an answer that is no 101.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { hasBody, headerMap, switchingHead } from './headers.ts';

/** A client speaks after the 101 only; more than this before it waits in the socket. */
const MAX_EARLY_BYTES = 64 * 1024;

export class ClientUpgrade {
  readonly socket: Socket;
  readonly res: ServerResponse;
  /** As the client wrote it. */
  readonly protocol: string;
  readonly #early: Buffer[] = [];
  #size = 0;
  readonly #onData = (chunk: Buffer): void => {
    this.#early.push(chunk);
    this.#size += chunk.length;
    if (this.#size > MAX_EARLY_BYTES) this.socket.pause();
  };
  readonly #onEnd = (): void => {
    this.socket.destroy();
  };

  constructor(req: IncomingMessage, socket: Socket, head: Buffer) {
    this.socket = socket;
    this.protocol = req.headers.upgrade ?? '';
    this.res = new ServerResponse(req);
    this.res.shouldKeepAlive = false;
    this.res.assignSocket(socket);
    this.res.once('finish', () => socket.destroySoon());
    socket.on('error', () => socket.destroy());
    if (head.length > 0) this.#early.push(head);
    socket.on('data', this.#onData).on('end', this.#onEnd);
  }

  /** The provider has agreed: passes that on; the socket is the caller's, with what has come on it. */
  accept(status: number, headers: readonly string[]): Buffer[] {
    this.res.detachSocket(this.socket);
    this.socket.off('data', this.#onData).off('end', this.#onEnd).pause();
    this.socket.write(switchingHead(status, headers), 'latin1');
    return this.#early;
  }
}

/** Other upgrades (h2c, which some clients offer with every request) are ignored, as HTTP allows. */
export function isWebSocketUpgrade(req: IncomingMessage): boolean {
  const isAsked = req.method === 'GET' && req.headers.upgrade?.toLowerCase() === 'websocket';
  return isAsked && !hasBody(headerMap(req.rawHeaders));
}

/** null for what is no TCP socket, of which node:http has none. */
export function clientUpgrade(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): ClientUpgrade | null {
  if (socket instanceof Socket) return new ClientUpgrade(req, socket, head);
  socket.destroy();
  return null;
}
