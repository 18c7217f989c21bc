/**
 * Whose turn it is on a client's connection. Pipelined requests are carried out one after the other
 * (RFC 9112 section 9.3.2), and what cannot be understood behind a request must neither take the
 * place of its answer nor cut it off.
 */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export class Turns {
  /** The answer to the newest request of a connection. */
  readonly #newest = new WeakMap<Duplex, ServerResponse>();

  /** Calls `handle` when the answers before it have ended; never when the client leaves earlier. */
  take(res: ServerResponse, handle: () => void): void {
    this.#newest.set(res.req.socket, res);
    if (res.socket === null) res.once('socket', handle);
    else handle();
  }

  /**
   * The connection cannot be read any further. True: nothing is said on it, and the caller may; else
   * it ends by itself, after the answers that are due.
   */
  isFreeAfterTrouble(socket: Duplex): boolean {
    const newest = this.#newest.get(socket);
    if (newest === undefined) return true;
    if (newest.req.complete) return this.isFreeAtEnd(socket);
    // What cannot be read is its own body.
    const { socket: connection } = newest.req;
    if (newest.writableEnded) connection.destroySoon();
    else if (newest.socket === null) endInTurn(newest);
    else if (!newest.headersSent) return true;
    else connection.destroy();
    return false;
  }

  /** As isFreeAfterTrouble(), where all requests have come whole. */
  isFreeAtEnd(socket: Duplex): boolean {
    const newest = this.#newest.get(socket);
    if (newest === undefined || newest.writableFinished) return true;
    newest.shouldKeepAlive = false;
    const { socket: connection } = newest.req;
    newest.once('finish', () => connection.destroySoon());
    return false;
  }
}

/** Instead of being handled: the answers before it go out. */
function endInTurn(res: ServerResponse): void {
  res.removeAllListeners('socket').once('socket', () => res.req.socket.destroySoon());
}
