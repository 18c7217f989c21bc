// The recorder with redaction: what leaves it, as events and as items, has none of the planted values.
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Dialect } from '../../../src/core/conversation.ts';
import type { RedactionOptions } from '../../../src/core/options.ts';
import { loadRedactor, type Redactor } from '../../../src/redact/redactor.ts';
import { ExchangeRedaction } from '../../../src/store/redaction/exchange-redaction.ts';
import { sseText, TURNS, type Words } from '../../helpers/agent-turns.ts';
import { foundIn, plantedValues } from '../../helpers/planted.ts';
import { makeRecorder, SSE_HEADERS } from '../../helpers/recorder-tap.ts';

const ALL: RedactionOptions = {
  secrets: true,
  personal: ['EMAIL', 'PHONE', 'SSN', 'CREDIT_CARD', 'IP_ADDRESS'],
  minConfidence: 0.7,
  mode: 'mask',
  partialShowChars: 4,
  customPatterns: [],
  tokenKey: 'key',
};
const values = plantedValues(200);
const DIALECTS: Record<string, Dialect> = {
  anthropic: 'anthropic-messages',
  chat: 'openai-chat',
  responses: 'openai-responses',
};
const CODINGS: Record<string, (bytes: Buffer) => Buffer> = {
  none: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};
let redactor: Redactor;

beforeAll(async () => {
  redactor = await loadRedactor(ALL);
});

function wordsOf(all: readonly { text: string }[]): Words {
  const said = (index: number): string =>
    all
      .filter((_, at) => at % 8 === index)
      .map(({ text }) => `Here is one: ${text} and then more.`)
      .join('\n');
  return {
    system: said(0),
    prompt: said(1),
    toolInput: said(2),
    toolResult: said(3),
    earlierThinking: said(4),
    thinking: said(5),
    text: said(6),
    callArguments: said(7),
  };
}

describe.each(Object.keys(DIALECTS))('%s', (name) => {
  it.each([1, 2, 3, 7, 16, 1000])(
    'leaves none of 200 values, streamed in pieces of %i',
    async (size) => {
      const turn = TURNS[name]!(wordsOf(values), size);
      const stream = Buffer.from(sseText(turn.events));
      const { run, sink, events, clock } = makeRecorder({
        redaction: new ExchangeRedaction(redactor),
        maxBodyBytes: 1 << 24,
      });
      const { request, end } = await run({
        dialect: DIALECTS[name]!,
        target: turn.path,
        request: turn.request,
        responseHeaders: SSE_HEADERS,
        response: [stream],
      });
      clock.advance(1000);
      expect(foundIn(JSON.stringify(events), values)).toEqual([]);
      for (const item of sink.items) {
        expect(foundIn(JSON.stringify(item), values)).toEqual([]);
        const body = Buffer.from(item.body).toString();
        expect(foundIn(body, values)).toEqual([]);
        for (const line of item.kind === 'request'
          ? [body]
          : body.split('\n').filter((text) => text.startsWith('data:'))) {
          expect(() => JSON.parse(line.replace(/^data: /, ''))).not.toThrow();
        }
      }
      expect(request.redactions).toMatchObject({
        API_KEY: expect.any(Number),
        EMAIL: expect.any(Number),
      });
      expect(end.redactions).toMatchObject({
        API_KEY: expect.any(Number),
        EMAIL: expect.any(Number),
      });
      expect(request.requestBody).toMatchObject({ redacted: true, truncated: false });
      // What came live says the same as the assembled answer.
      const live = (kind: string): string =>
        events
          .map((event) =>
            event.type === 'response.progress' && event.kind === kind ? event.text : '',
          )
          .join('');
      const part = (type: string) => end.parts.find((one) => one.type === type);
      for (const kind of ['text', 'thinking']) {
        const whole = part(kind);
        if (whole?.type === 'text' && size < 1000)
          expect(whole.text.endsWith(live(kind).slice(-200))).toBe(true);
      }
    },
  );

  it.each(Object.keys(CODINGS))(
    'leaves none in bodies with content-encoding %s',
    async (coding) => {
      const turn = TURNS[name]!(wordsOf(values), 5);
      const encode = CODINGS[coding]!;
      const headers = coding === 'none' ? [] : ['content-encoding', coding];
      const { run, sink, events } = makeRecorder({
        redaction: new ExchangeRedaction(redactor),
        maxBodyBytes: 1 << 24,
      });
      await run({
        dialect: DIALECTS[name]!,
        target: turn.path,
        headers,
        requestBytes: encode(Buffer.from(JSON.stringify(turn.request))),
        responseHeaders: [...SSE_HEADERS, ...headers],
        response: [encode(Buffer.from(sseText(turn.events)))],
      });
      expect(foundIn(JSON.stringify(events), values)).toEqual([]);
      for (const item of sink.items) {
        expect(foundIn(Buffer.from(item.body).toString('latin1'), values)).toEqual([]);
        expect(item.body.length).toBeGreaterThan(1000);
      }
    },
  );
});
