import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecFor } from '../../../src/dialects/registry.ts';
import { ResponseReader } from '../../../src/store/recorder/response-reader.ts';
import { anthropicStream, SSE_HEADERS } from '../../helpers/recorder-tap.ts';

const TEXT = 'Grüße 👋 from a stream';
const STREAM = Buffer.from(anthropicStream(TEXT).join(''));
const CODINGS: [string, (bytes: Buffer) => Buffer][] = [
  ['identity', (bytes) => bytes],
  ['gzip', (bytes) => zlib.gzipSync(bytes)],
  ['deflate', (bytes) => zlib.deflateSync(bytes)],
  ['deflate', (bytes) => zlib.deflateRawSync(bytes)],
  ['br', (bytes) => zlib.brotliCompressSync(bytes)],
  ['zstd', (bytes) => zlib.zstdCompressSync(bytes)],
  ['br, gzip', (bytes) => zlib.gzipSync(zlib.brotliCompressSync(bytes))],
];

function readerFor(coding: string, deltas: string[] = [], times: number[] = []): ResponseReader {
  const headers = [...SSE_HEADERS, 'Content-Encoding', coding];
  return new ResponseReader(
    codecFor('anthropic-messages'),
    { transport: 'http', headers: headers },
    (added, t) => {
      deltas.push(...added.map((delta) => delta.text));
      times.push(t);
    },
  );
}

async function feed(reader: ResponseReader, bytes: Buffer, cuts: readonly number[]): Promise<void> {
  const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  for (let i = 0; i + 1 < edges.length; i += 1) {
    await reader.write(bytes.subarray(edges[i], edges[i + 1]), i);
  }
}

describe.each(CODINGS)('ResponseReader, %s', (coding, encode) => {
  const bytes = encode(STREAM);

  it('reads the same answer however the bytes are cut', async () => {
    const cuts = fc.array(fc.nat(bytes.length), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const deltas: string[] = [];
        const reader = readerFor(coding, deltas);
        await feed(reader, bytes, places);
        const { view, isReadStream } = await reader.end(null);
        expect(view?.parts).toEqual([{ type: 'text', text: TEXT }]);
        expect(deltas.join('')).toBe(TEXT);
        expect(isReadStream).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('reads a JSON answer', async () => {
    const body = encode(
      Buffer.from(
        JSON.stringify({
          id: 'msg_2',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [{ type: 'text', text: TEXT }],
          stop_reason: 'end_turn',
          usage: { input_tokens: 3, output_tokens: 4 },
        }),
      ),
    );
    const headers = ['content-type', 'application/json', 'content-encoding', coding];
    const reader = new ResponseReader(
      codecFor('anthropic-messages'),
      { transport: 'http', headers: headers },
      () => {},
    );
    await reader.write(body, 1);
    const { view } = await reader.end(body);
    expect(view).toMatchObject({ id: 'msg_2', parts: [{ text: TEXT }], usage: { output: 4 } });
  });
});

describe('ResponseReader', () => {
  // Each event is flushed by itself, as providers do: a cut then loses nothing that was sent before.
  it.each(['gzip', 'br', 'zstd'])('keeps what arrived of a cut %s stream', async (coding) => {
    const { encoder, flag } = flushingEncoder(coding);
    const sent: Buffer[] = [];
    encoder.on('data', (chunk: Buffer) => sent.push(chunk));
    for (const event of anthropicStream('partial').slice(0, 6)) {
      encoder.write(event);
      await new Promise<void>((resolve) => encoder.flush(flag, () => resolve()));
    }
    const reader = readerFor(coding);
    await reader.write(Buffer.concat(sent), 1);
    const { view } = await reader.end(null);
    expect(view).toMatchObject({
      parts: [{ text: 'part' }],
      isComplete: false,
      usage: { input: 15 },
    });
  });

  it.each(['gzip', 'br', 'zstd', 'nonsense'])('survives a corrupt %s body', async (coding) => {
    const reader = readerFor(coding);
    await reader.write(Buffer.from('this is not compressed, at all; really not'), 1);
    await reader.write(Buffer.alloc(100_000, 7), 2);
    expect(await reader.end(null)).toMatchObject({ isWhole: false, isReadStream: false });
  });

  it('takes the arrival time of the bytes that brought the first content', async () => {
    const times: number[] = [];
    const reader = readerFor('identity', [], times);
    for (const [index, event] of anthropicStream('ab').entries()) {
      await reader.write(Buffer.from(event), 100 + index);
    }
    expect(times).toEqual([102, 103]);
  });

  it('does not join what stands before a gap with what follows it', async () => {
    const events = anthropicStream('abc');
    const reader = readerFor('identity');
    await reader.write(Buffer.from(events.slice(0, 2).join('')), 1);
    await reader.write(Buffer.from((events[2] ?? '').slice(0, 30)), 2);
    reader.gap();
    await reader.write(Buffer.from((events[3] ?? '').slice(30) + events.slice(4).join('')), 3);
    const { view, isWhole } = await reader.end(null);
    expect(view).toMatchObject({ parts: [{ text: 'c' }], usage: { output: 7 } });
    expect(isWhole).toBe(false);
  });
});

function flushingEncoder(coding: string) {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = zlib.constants;
  if (coding === 'gzip') return { encoder: zlib.createGzip(), flag: Z_SYNC_FLUSH };
  if (coding === 'br')
    return { encoder: zlib.createBrotliCompress(), flag: BROTLI_OPERATION_FLUSH };
  return { encoder: zlib.createZstdCompress(), flag: ZSTD_e_flush };
}
