import { expect, it } from 'vitest';
import { makeLog } from '../../../src/cli/log.ts';
import { makePrinter } from '../../../src/cli/print.ts';
import { RequestLog, requestLine } from '../../../src/cli/server/request-log.ts';
import { makeEnd, makeRequest } from '../../helpers/flow-events.ts';

const notes: string[] = [];
const stream = { write: (text: string) => notes.push(text), on: () => undefined };
const print = makePrinter({
  stdout: stream,
  stderr: stream,
  env: {},
  noColor: true,
  onClosedPipe: () => undefined,
});

it('one line for an exchange that has ended, with what is known', () => {
  const lines: string[] = [];
  const log = new RequestLog(makeLog(print, 'info'), (request, end) =>
    lines.push(requestLine(request, end, print.style)),
  );
  const request = makeRequest({ sessionId: '550e8400-e29b', target: '/v1/messages?beta=true' });
  log.take({ type: 'exchange.started', exchange: request, seq: 1 });
  expect(lines).toEqual([]);
  const usage = {
    input: 2450,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: 583,
    reasoning: 0,
  };
  const cost = { nanoUsd: 12_345_678, certainty: 'estimated', priceVersion: 'v' } as const;
  const timing = { ...makeEnd().timing, ended: 2310 };
  log.take({ type: 'exchange.ended', end: makeEnd({ usage, timing, cost }), seq: 2 });
  expect(lines[0]?.replace(/^\d\d:\d\d:\d\d/, 'TIME')).toBe(
    'TIME  claude-code  550e8400  POST /v1/messages?beta=true  claude-opus-5-5  200  completed  2,450 in 583 out  ~$0.0123  2.3s',
  );
  expect(notes).toEqual([]);
});

it('a failure names its reason; foreign text stays text', () => {
  const line = requestLine(
    makeRequest({ model: null, target: '/v1/\u001b[2Jx' }),
    makeEnd({
      outcome: 'failed',
      status: null,
      errorCode: 'connect-refused',
      modelUsed: '\u009bm',
    }),
    print.style,
  );
  expect(line).toContain('-  failed (connect-refused)  tokens unknown  unknown');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: -- their absence is the point
  expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});

it('debug and trace say more', () => {
  const log = new RequestLog(makeLog(print, 'trace'), () => undefined);
  log.take({ type: 'exchange.started', exchange: makeRequest(), seq: 1 });
  log.take({ type: 'response.started', exchangeId: 'e1', status: 200, firstByteMs: 12, seq: 2 });
  expect(notes.join('')).toBe(
    'debug: e1 POST /v1/messages to anthropic\ntrace: e1 answered 200 after 12ms\n',
  );
});
