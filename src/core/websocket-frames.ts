/**
 * Where WebSocket frames begin and end (RFC 6455 section 5.2), from any split of the bytes. Pure. The
 * proxy walks along to know when it stands between two frames, the recorder to read them. Holds
 * nothing but the up to 14 bytes of a header; payload bytes are passed on as they are, masked ones too.
 */
export interface FrameHeader {
  /** The last frame of its message. */
  readonly isFinal: boolean;
  /** RSV1: the message is compressed (RFC 7692 section 6). */
  readonly isCompressed: boolean;
  /** RSV2 or RSV3, which no extension in use defines: the bytes cannot be understood. */
  readonly isStrange: boolean;
  readonly opcode: number;
  /** Four bytes, or null: only a client masks. */
  readonly mask: Uint8Array | null;
  readonly payloadLength: number;
}

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameListener {
  frame(header: FrameHeader): void;
  /** A piece of the frame's payload: a view, valid during the call. */
  payload(bytes: Uint8Array): void;
  frameEnd(): void;
}

const MAX_HEADER = 14;
/** No control frame (8 and above) carries what was said. */
const FIRST_CONTROL = 8;

export function isDataFrame({ opcode }: FrameHeader): boolean {
  return opcode < FIRST_CONTROL;
}

export class FrameWalker {
  readonly #listener: FrameListener;
  readonly #head = new Uint8Array(MAX_HEADER);
  #filled = 0;
  /** Payload bytes of the current frame still to come. */
  #left = 0;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  get isBetweenFrames(): boolean {
    return this.#filled === 0 && this.#left === 0;
  }

  push(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#left === 0) {
        this.#head[this.#filled] = chunk[offset] ?? 0;
        this.#filled += 1;
        offset += 1;
        if (this.#filled === headerLength(this.#head, this.#filled)) this.#begin();
      } else {
        const piece = chunk.subarray(offset, offset + this.#left);
        this.#left -= piece.length;
        offset += piece.length;
        this.#listener.payload(piece);
        if (this.#left === 0) this.#listener.frameEnd();
      }
    }
  }

  #begin(): void {
    const header = readHeader(this.#head);
    this.#filled = 0;
    this.#left = header.payloadLength;
    this.#listener.frame(header);
    if (this.#left === 0) this.#listener.frameEnd();
  }
}

/** The header's length as far as its first bytes tell. */
function headerLength(head: Uint8Array, filled: number): number {
  if (filled < 2) return 2;
  const second = head[1] ?? 0;
  return 2 + lengthBytes(second & 0x7f) + ((second & 0x80) === 0 ? 0 : 4);
}

function lengthBytes(short: number): number {
  if (short < 126) return 0;
  return short === 126 ? 2 : 8;
}

function readHeader(head: Uint8Array): FrameHeader {
  const first = head[0] ?? 0;
  const second = head[1] ?? 0;
  const short = second & 0x7f;
  const end = 2 + lengthBytes(short);
  return {
    isFinal: (first & 0x80) !== 0,
    isCompressed: (first & 0x40) !== 0,
    isStrange: (first & 0x30) !== 0,
    opcode: first & 0x0f,
    mask: (second & 0x80) === 0 ? null : head.slice(end, end + 4),
    payloadLength: short < 126 ? short : bigEndian(head.subarray(2, end)),
  };
}

/** Exact up to 2^53; nobody sends more. */
function bigEndian(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** A close frame (RFC 6455 section 5.5.1); masked, with a key of zeros, towards a server. */
export function closeFrame(code: number, isMasked: boolean): Uint8Array {
  const payload = [code >> 8, code & 0xff];
  const head = [0x80 | OPCODE.close, payload.length | (isMasked ? 0x80 : 0)];
  return Uint8Array.from([...head, ...(isMasked ? [0, 0, 0, 0] : []), ...payload]);
}
