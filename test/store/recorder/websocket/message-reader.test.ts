import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inflaterFor } from '../../../../src/store/recorder/websocket/inflater.ts';
import { MessageReader } from '../../../../src/store/recorder/websocket/message-reader.ts';

const MAX = 1024 * 1024;
const DEFLATE = ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits=15'];

interface Said {
  readonly data: Buffer;
  readonly pieces: number;
  readonly isMasked: boolean;
  readonly isCompressed: boolean;
}

function frame(payload: Buffer, first: number, isMasked: boolean): Buffer {
  const { length } = payload;
  const short = length < 126 ? length : length < 65_536 ? 126 : 127;
  const size = Buffer.alloc(short < 126 ? 0 : short === 126 ? 2 : 8);
  if (size.length === 2) size.writeUInt16BE(length);
  if (size.length === 8) size.writeBigUInt64BE(BigInt(length));
  const mask = isMasked ? randomBytes(4) : Buffer.alloc(0);
  const body = isMasked ? payload.map((byte, i) => byte ^ (mask[i & 3] ?? 0)) : payload;
  return Buffer.concat([Buffer.from([first, short | (isMasked ? 0x80 : 0)]), size, mask, body]);
}

/** A sender that keeps its window from message to message. */
function makeSender(): (said: Said) => Buffer {
  let window = Buffer.alloc(0);
  return ({ data, pieces, isMasked, isCompressed }) => {
    let payload = data;
    if (isCompressed) {
      const dictionary = window.length > 0 ? { dictionary: window } : {};
      const packed = zlib.deflateRawSync(data, {
        finishFlush: zlib.constants.Z_SYNC_FLUSH,
        ...dictionary,
      });
      payload = packed.subarray(0, -4);
      window = Buffer.concat([window, data]).subarray(-32_768);
    }
    const step = Math.max(1, Math.ceil(payload.length / pieces));
    const frames: Buffer[] = [];
    for (let at = 0; at === 0 || at < payload.length; at += step) {
      const isLast = at + step >= payload.length;
      const opcode = at === 0 ? 1 | (isCompressed ? 0x40 : 0) : 0;
      frames.push(frame(payload.subarray(at, at + step), opcode | (isLast ? 0x80 : 0), isMasked));
      if (!isLast) frames.push(frame(Buffer.from('ping'), 0x89, isMasked));
    }
    return Buffer.concat(frames);
  };
}

const said = fc.record({
  data: fc.oneof(
    fc.string({ maxLength: 300 }).map((text) => Buffer.from(text.repeat(3))),
    fc.nat(70_000).map((size) => Buffer.alloc(size, 'lunaroute ')),
  ),
  pieces: fc.integer({ min: 1, max: 4 }),
  isMasked: fc.boolean(),
  isCompressed: fc.boolean(),
});

describe('MessageReader', () => {
  test('reads the same messages from any split: masked, in pieces, compressed in one context', () => {
    fc.assert(
      fc.property(
        fc.array(said, { maxLength: 8 }),
        fc.integer({ min: 1, max: 5000 }),
        (list, step) => {
          const send = makeSender();
          const bytes = Buffer.concat(list.map(send));
          const reader = new MessageReader(inflaterFor(DEFLATE, 'client', MAX), MAX);
          const heard: Buffer[] = [];
          for (let at = 0; at < bytes.length; at += step) {
            const messages = reader.push(bytes.subarray(at, at + step), at);
            heard.push(...messages.map(({ data }) => Buffer.from(data)));
          }
          expect(reader.isBroken).toBe(false);
          expect(heard.map(String)).toEqual(list.map(({ data }) => String(data)));
        },
      ),
    );
  });

  test('without context takeover each message stands alone', () => {
    const headers = ['sec-websocket-extensions', 'permessage-deflate; server_no_context_takeover'];
    const reader = new MessageReader(inflaterFor(headers, 'server', MAX), MAX);
    const packed = zlib.deflateRawSync('again and again', {
      finishFlush: zlib.constants.Z_SYNC_FLUSH,
    });
    const bytes = frame(packed.subarray(0, -4), 0xc1, false);
    const messages = [...reader.push(bytes, 1), ...reader.push(bytes, 2)];
    expect(messages.map(({ data, t }) => [String(Buffer.from(data)), t])).toEqual([
      ['again and again', 1],
      ['again and again', 2],
    ]);
  });

  test.each<[string, Buffer]>([
    ['an unknown extension', frame(Buffer.from('x'), 0x91, false)],
    ['compression that nobody agreed to', frame(Buffer.from('x'), 0xc1, false)],
    ['a message beyond the bound', frame(Buffer.alloc(2000), 0x81, false)],
  ])('%s ends the reading', (_name, bytes) => {
    const reader = new MessageReader(null, 1000);
    expect(reader.push(bytes, 0)).toEqual([]);
    expect(reader.isBroken).toBe(true);
    expect(reader.push(frame(Buffer.from('later'), 0x81, false), 1)).toEqual([]);
  });

  test('a small message that inflates beyond the bound ends the reading', () => {
    const packed = zlib.deflateRawSync(Buffer.alloc(1_000_000), {
      finishFlush: zlib.constants.Z_SYNC_FLUSH,
    });
    const reader = new MessageReader(inflaterFor(DEFLATE, 'server', 10_000), 10_000);
    expect(reader.push(frame(packed.subarray(0, -4), 0xc1, false), 0)).toEqual([]);
    expect(reader.isBroken).toBe(true);
  });
});
