/**
 * The provider's end of a WebSocket, as little of RFC 6455 as the demo's own agent needs: text
 * messages of one frame each, no compression. Reads frames with core/websocket-frames.ts.
 */
import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type FrameHeader, FrameWalker, OPCODE } from '../core/websocket-frames.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** The demo's own messages have a few kB: whoever sends more is not its agent. */
const MAX_MESSAGE = 1024 * 1024;

/** Accepts the upgrade; returns how text is sent. */
export function acceptWebSocket(
  socket: Duplex,
  key: string,
  onText: (text: string) => void,
): (text: string) => void {
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`);
  const walker = new FrameWalker(new MessageReader(socket, onText));
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => walker.push(chunk));
  socket.on('end', () => socket.end());
  return (text) => {
    if (socket.writable) socket.write(textFrame(OPCODE.text, Buffer.from(text)));
  };
}

class MessageReader {
  readonly #socket: Duplex;
  readonly #onText: (text: string) => void;
  #header: FrameHeader | null = null;
  #payload: Buffer[] = [];
  #length = 0;

  constructor(socket: Duplex, onText: (text: string) => void) {
    this.#socket = socket;
    this.#onText = onText;
  }

  frame(header: FrameHeader): void {
    this.#header = header;
    this.#payload = [];
    this.#length = 0;
  }

  payload(bytes: Uint8Array): void {
    const { mask } = this.#header ?? {};
    const from = this.#length;
    this.#length += bytes.length;
    if (this.#length > MAX_MESSAGE) {
      this.#socket.destroy();
      return;
    }
    this.#payload.push(Buffer.from(bytes.map((byte, at) => byte ^ (mask?.[(from + at) % 4] ?? 0))));
  }

  frameEnd(): void {
    const payload = Buffer.concat(this.#payload);
    const opcode = this.#header?.opcode;
    if (opcode === OPCODE.text) this.#onText(payload.toString());
    else if (opcode === OPCODE.ping) this.#socket.write(textFrame(OPCODE.pong, payload));
    else if (opcode === OPCODE.close) this.#socket.end(textFrame(OPCODE.close, payload));
  }
}

/** An unmasked frame that is a whole message. */
function textFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}
