/**
 * Takes `100 Continue` off the beginning of a provider's answers, and keeps its status line together.
 * This proxy asks for no 100, but some servers and gateways send it all the same, and a client must put
 * up with that (RFC 9110 section 15.2); undici ends the connection. Of a reason that comes in pieces
 * undici keeps the last piece. Looks at the first bytes of an answer only.
 */
import type { Socket } from 'node:net';

const MARK = Buffer.from('HTTP/1.1 100');
const VERSION = Buffer.from('HTTP/1.');
const LINE_END = '\n';
const HEAD_END = Buffer.from('\r\n\r\n');
/** No interim head is longer; what is goes on as it came. */
const MAX_HEAD_BYTES = 8 * 1024;

export class ContinueFilter {
  #isAtStart = true;
  /** The beginning of what may become a `100 Continue`, or of a status line. */
  #held: Buffer | null = null;

  /** What is read from `socket` from now on goes through this filter. */
  constructor(socket: Socket) {
    const read = socket.read.bind(socket);
    socket.read = (size?: number): unknown => {
      const chunk: unknown = read(size);
      if (!this.#isAtStart || !Buffer.isBuffer(chunk)) return chunk;
      return this.take(chunk) ?? socket.read(size);
    };
  }

  /** The next bytes are the beginning of an answer. */
  expectAnswer(): void {
    this.#isAtStart = true;
    this.#held = null;
  }

  /** An answer has begun of which nothing has been passed on. */
  get isHolding(): boolean {
    return this.#held !== null;
  }

  /** The bytes without an interim head; null when all of them belong, or may belong, to one, or to half a line. */
  take(chunk: Buffer): Buffer | null {
    let bytes = this.#held === null ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = null;
    while (startsLike(bytes, MARK)) {
      const end = bytes.indexOf(HEAD_END);
      if (end === -1 || bytes.length < MARK.length) return this.#hold(bytes);
      bytes = bytes.subarray(end + HEAD_END.length);
      if (bytes.length === 0) return null;
    }
    if (startsLike(bytes, VERSION) && !bytes.includes(LINE_END)) return this.#hold(bytes);
    this.#isAtStart = false;
    return bytes;
  }

  #hold(bytes: Buffer): Buffer | null {
    this.#isAtStart = bytes.length < MAX_HEAD_BYTES;
    this.#held = this.#isAtStart ? bytes : null;
    return this.#isAtStart ? null : bytes;
  }
}

/** It begins with the mark, or is the beginning of it. */
function startsLike(bytes: Buffer, mark: Buffer): boolean {
  const length = Math.min(bytes.length, mark.length);
  return bytes.compare(mark, 0, length, 0, length) === 0;
}
