/**
 * The body of an answer on its way to the client. Chunks are framed here and written to the socket
 * as one buffer each: node:http makes four writes of a chunk and sends them in the next tick, which
 * costs a streamed token some 30 µs (docs/PERFORMANCE.md). Where the client pipelines and this
 * answer's turn has not come, node:http keeps it: then everything goes through it.
 * Must never frame a body that has a length or ends with the connection.
 */
import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';

/** Beyond this copying a chunk costs more than a second write. */
const MAX_JOINED_BYTES = 32 * 1024;
const CRLF = '\r\n';

export class AnswerBody {
  readonly isChunked: boolean;
  readonly #res: ServerResponse;
  readonly #out: Writable;

  /** Takes over after the head of `res` has been written. */
  constructor(res: ServerResponse) {
    this.#res = res;
    this.#out = res.socket ?? res;
    this.isChunked = res.chunkedEncoding;
    res.chunkedEncoding = false;
  }

  /** False when the client is slower: wait for onceDrained(). */
  write(chunk: Buffer): boolean {
    if (!this.isChunked) return this.#out.write(chunk);
    if (chunk.length <= MAX_JOINED_BYTES) return this.#out.write(framed(chunk));
    this.#out.write(chunk.length.toString(16) + CRLF, 'latin1');
    this.#out.write(chunk);
    return this.#out.write(CRLF, 'latin1');
  }

  onceDrained(listener: () => void): void {
    this.#out.once('drain', listener);
  }

  /** @param trailers flat name, value list. */
  end(trailers: readonly string[]): void {
    if (this.isChunked) this.#out.write(lastChunk(trailers), 'latin1');
    this.#res.end();
  }
}

function framed(chunk: Buffer): Buffer {
  const size = chunk.length.toString(16) + CRLF;
  const frame = Buffer.allocUnsafe(size.length + chunk.length + CRLF.length);
  frame.write(size, 0, 'latin1');
  frame.set(chunk, size.length);
  frame.write(CRLF, size.length + chunk.length, 'latin1');
  return frame;
}

function lastChunk(trailers: readonly string[]): string {
  const lines: string[] = ['0'];
  for (let i = 0; i + 1 < trailers.length; i += 2) lines.push(`${trailers[i]}: ${trailers[i + 1]}`);
  return lines.join(CRLF) + CRLF + CRLF;
}
