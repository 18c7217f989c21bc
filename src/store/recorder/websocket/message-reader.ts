/**
 * One direction of a WebSocket read from its raw bytes: frames become messages, unmasked, joined and
 * inflated. Bounded in bytes per message. What breaks its rules (a gap, a defect, a message beyond the
 * bound) ends the reading: after it nobody can say where a frame begins, or what the window holds.
 */
import {
  type FrameHeader,
  FrameWalker,
  isDataFrame,
  OPCODE,
} from '../../../core/websocket-frames.ts';
import type { Inflater } from './inflater.ts';

export interface WebSocketMessage {
  readonly isText: boolean;
  readonly data: Uint8Array;
  /** When its first byte arrived. */
  readonly t: number;
}

interface Draft {
  readonly isText: boolean;
  readonly isCompressed: boolean;
  readonly t: number;
  readonly pieces: Uint8Array[];
  size: number;
}

export class MessageReader {
  readonly #inflater: Inflater | null;
  readonly #maxBytes: number;
  readonly #walker: FrameWalker;
  #messages: WebSocketMessage[] = [];
  #draft: Draft | null = null;
  #frame: FrameHeader | null = null;
  /** Bytes of the current frame's payload so far: the mask's position. */
  #position = 0;
  #t = 0;
  #isBroken = false;

  constructor(inflater: Inflater | null, maxBytes: number) {
    this.#inflater = inflater;
    this.#maxBytes = maxBytes;
    this.#walker = new FrameWalker({
      frame: (header) => this.#begin(header),
      payload: (bytes) => this.#add(bytes),
      frameEnd: () => this.#endFrame(),
    });
  }

  /** Nothing more can be read. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Bytes are missing here. */
  gap(): void {
    this.#isBroken = true;
    this.#draft = null;
  }

  /** The messages that these bytes complete. */
  push(chunk: Uint8Array, t: number): readonly WebSocketMessage[] {
    if (this.#isBroken) return [];
    this.#t = t;
    this.#walker.push(chunk);
    const messages = this.#messages;
    this.#messages = [];
    return messages;
  }

  #begin(header: FrameHeader): void {
    this.#frame = header;
    this.#position = 0;
    const isKnown = !header.isStrange && !(header.isCompressed && this.#inflater === null);
    if (!isKnown) this.gap();
    if (this.#isBroken || !isDataFrame(header) || header.opcode === OPCODE.continuation) return;
    this.#draft = {
      isText: header.opcode === OPCODE.text,
      isCompressed: header.isCompressed,
      t: this.#t,
      pieces: [],
      size: 0,
    };
  }

  #add(bytes: Uint8Array): void {
    const { mask = null } = this.#frame ?? {};
    if (this.#draft === null || this.#frame === null || !isDataFrame(this.#frame)) return;
    this.#draft.size += bytes.length;
    if (this.#draft.size > this.#maxBytes) {
      this.gap();
      return;
    }
    this.#draft.pieces.push(unmasked(bytes, mask, this.#position));
    this.#position += bytes.length;
  }

  #endFrame(): void {
    const draft = this.#draft;
    const isLast = this.#frame !== null && isDataFrame(this.#frame) && this.#frame.isFinal;
    if (draft === null || !isLast) return;
    this.#draft = null;
    const payload = Buffer.concat(draft.pieces);
    const data = draft.isCompressed ? (this.#inflater?.inflate(payload) ?? null) : payload;
    if (data === null) this.gap();
    else this.#messages.push({ isText: draft.isText, data, t: draft.t });
  }
}

/** Always a copy: the bytes belong to a slab that many exchanges share. */
function unmasked(bytes: Uint8Array, mask: Uint8Array | null, position: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (mask === null) return copy;
  for (let i = 0; i < copy.length; i++) {
    copy[i] = (copy[i] ?? 0) ^ (mask[(position + i) & 3] ?? 0);
  }
  return copy;
}
