import { describe, expect, it } from 'vitest';
import type { ResponseView } from '../../../src/core/conversation.ts';
import type { EndCause } from '../../../src/core/tap.ts';
import { NO_DETAILS } from '../../../src/core/usage-details.ts';
import { type EndFacts, endingOf } from '../../../src/store/recorder/outcome.ts';

const done: EndCause = { kind: 'done' };
const gone: EndCause = { kind: 'client-gone' };
const cut: EndCause = { kind: 'upstream-cut', code: 'reset', message: 'reset by peer' };

function view(part: Partial<ResponseView> = {}): ResponseView {
  return {
    id: 'm1',
    model: 'm',
    parts: [],
    stopReason: null,
    usage: null,
    providerUsage: null,
    details: NO_DETAILS,
    rateLimitFrame: null,
    error: null,
    isComplete: false,
    ...part,
  };
}

const whole = view({ isComplete: true, stopReason: 'end_turn' });
const failed = view({ error: { type: 'overloaded_error', message: 'Overloaded' } });

function facts(part: Partial<EndFacts>): EndFacts {
  return { cause: done, status: 200, view: whole, isReadStream: true, ...part };
}

describe('endingOf', () => {
  it.each<[string, Partial<EndFacts>, string, string | null]>([
    ['a whole stream', {}, 'completed', null],
    ['a whole JSON answer', { view: view(), isReadStream: false }, 'completed', null],
    ['an unknown dialect', { view: null, isReadStream: false }, 'completed', null],
    ['a stream without its last event', { view: view() }, 'incomplete', 'stream-unfinished'],
    [
      'a compatible server without a terminal event',
      { view: view({ stopReason: 'stop' }) },
      'completed',
      null,
    ],
    ['a stream that was not read wholly', { view: view(), isReadStream: false }, 'completed', null],
    [
      'an error answer',
      { status: 429, view: failed, isReadStream: false },
      'failed',
      'overloaded_error',
    ],
    [
      'an error answer that says nothing',
      { status: 503, view: null, isReadStream: false },
      'failed',
      'http-503',
    ],
    ['an error inside a stream', { view: failed }, 'failed', 'overloaded_error'],
    [
      'an error inside a stream that then broke',
      { view: failed, cause: cut },
      'failed',
      'overloaded_error',
    ],
    [
      'an error after which the client hung up',
      { view: failed, cause: gone },
      'failed',
      'overloaded_error',
    ],
    ['a cut answer', { view: view(), cause: cut }, 'incomplete', 'reset'],
    ['a client that went away', { view: view(), cause: gone }, 'aborted', 'client-gone'],
    [
      'a client that left before the head',
      { view: null, status: null, cause: gone },
      'aborted',
      'client-gone',
    ],
    ['a client that hung up after the last event', { cause: gone }, 'completed', null],
    [
      'no answer',
      {
        view: null,
        status: null,
        cause: { kind: 'no-answer', code: 'connect-refused', message: 'x' },
      },
      'failed',
      'connect-refused',
    ],
    ['our own end', { view: view(), cause: { kind: 'shutdown' } }, 'interrupted', 'shutdown'],
  ])('%s', (_, part, outcome, code) => {
    expect(endingOf(facts(part))).toMatchObject({ outcome, errorCode: code });
  });
});
