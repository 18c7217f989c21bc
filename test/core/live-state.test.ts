import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnnumberedEvent } from '../../src/core/events.ts';
import { OTHER_SESSION } from '../../src/core/exchange.ts';
import { emptyLiveState, type LiveState, reduceLiveState } from '../../src/core/live-state.ts';
import { makeEnd, makeRequest } from '../helpers/flow-events.ts';

function run(events: readonly UnnumberedEvent[]): LiveState {
  return events.reduce(
    (state, event, index) => reduceLiveState(state, { ...event, seq: index + 1 }),
    emptyLiveState(),
  );
}

const USAGE = {
  input: 10,
  cacheRead: 4,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 5,
  reasoning: 1,
};
const TIMING = { ...makeEnd().timing, ended: 100, overhead: 2 };

describe('live state', () => {
  it('follows an exchange from start to end', () => {
    const started: UnnumberedEvent[] = [
      { type: 'exchange.started', exchange: makeRequest() },
      { type: 'response.started', exchangeId: 'e1', status: 200, firstByteMs: 7 },
      {
        type: 'response.progress',
        exchangeId: 'e1',
        bytes: 99,
        kind: 'text',
        text: 'x',
        usage: null,
      },
    ];
    expect(run(started).running.get('e1')).toMatchObject({
      status: 200,
      firstByteMs: 7,
      bytes: 99,
    });
    const state = run([
      ...started,
      { type: 'exchange.ended', end: makeEnd({ usage: USAGE, timing: TIMING }) },
    ]);
    expect(state.running.size).toBe(0);
    expect(state.total).toMatchObject({
      sessions: 1,
      requests: 1,
      outcomes: { completed: 1 },
      usage: USAGE,
      timed: 1,
      totalMs: 100,
      overheadMs: 2,
    });
    expect(state.sessions.get('s1')?.stats).toMatchObject({ sessionId: 's1', requests: 1 });
    expect(state.seq).toBe(4);
  });

  it('joins a tool result to its call once, however often the history is re-sent', () => {
    const toolCalls = [{ id: 't1', name: 'Bash', arguments: '{}' }];
    const toolResults = [{ id: 't1', bytes: 3, isError: true }];
    const state = run([
      { type: 'exchange.started', exchange: makeRequest() },
      { type: 'exchange.ended', end: makeEnd({ endedAt: 2000, toolCalls }) },
      {
        type: 'exchange.started',
        exchange: makeRequest({ id: 'e2', startedAt: 2850, toolResults }),
      },
      { type: 'exchange.ended', end: makeEnd({ id: 'e2' }) },
      {
        type: 'exchange.started',
        exchange: makeRequest({ id: 'e3', startedAt: 9000, toolResults }),
      },
    ]);
    expect(state.total.tools).toEqual([
      {
        name: 'Bash',
        calls: 1,
        failures: 1,
        timed: 1,
        totalMs: 850,
        maxMs: 850,
        argumentBytes: 2,
        resultBytes: 3,
      },
    ]);
    expect(state.sessions.get('s1')?.stats.tools).toEqual(state.total.tools);
  });

  it('a clock that was set back gives no negative duration', () => {
    const state = run([
      { type: 'exchange.started', exchange: makeRequest() },
      {
        type: 'exchange.ended',
        end: makeEnd({ toolCalls: [{ id: 't', name: 'X', arguments: '' }] }),
      },
      {
        type: 'exchange.started',
        exchange: makeRequest({
          id: 'e2',
          startedAt: 5,
          toolResults: [{ id: 't', bytes: 0, isError: null }],
        }),
      },
    ]);
    expect(state.total.tools[0]).toMatchObject({ timed: 1, totalMs: 0 });
  });

  it('missing usage is counted as missing, not as 0', () => {
    const state = run([{ type: 'exchange.ended', end: makeEnd({ outcome: 'aborted' }) }]);
    expect(state.total).toMatchObject({ usage: null, unknownUsage: 1, requests: 1, timed: 0 });
    const refused = run([
      { type: 'exchange.ended', end: makeEnd({ outcome: 'failed', status: 429 }) },
    ]);
    expect(refused.total.unknownUsage).toBe(0);
  });

  it('warm-ups and counting are no requests; what belongs to no conversation is no session', () => {
    const state = run([
      { type: 'exchange.started', exchange: makeRequest({ auxiliary: 'warm-up' }) },
      { type: 'exchange.ended', end: makeEnd({ usage: USAGE }) },
      { type: 'exchange.started', exchange: makeRequest({ id: 'm', sessionId: OTHER_SESSION }) },
      { type: 'exchange.ended', end: makeEnd({ id: 'm', sessionId: OTHER_SESSION }) },
    ]);
    expect(state.total).toMatchObject({ sessions: 1, requests: 0, usage: USAGE });
    expect(state.running.size).toBe(0);
  });

  it('stays bounded, and the total stays whole', () => {
    const events = Array.from({ length: 2100 }, (_, index): UnnumberedEvent => {
      const exchange = makeRequest({ id: `e${index}`, sessionId: `s${index}` });
      return { type: 'exchange.started', exchange };
    });
    const ended = Array.from({ length: 300 }, (_, index): UnnumberedEvent => {
      const toolCalls = [{ id: 't', name: `tool${index}`, arguments: '' }];
      return { type: 'exchange.ended', end: makeEnd({ id: `e${index}`, toolCalls, usage: USAGE }) };
    });
    const state = run([...events, ...ended]);
    expect(state.sessions.size).toBe(200);
    expect(state.running.size).toBeLessThanOrEqual(2000);
    expect(state.total.sessions).toBe(2100);
    expect(state.total.usage?.input).toBe(3000);
    expect(state.total.tools.length).toBeLessThanOrEqual(201);
    expect(state.total.tools.reduce((sum, { calls }) => sum + calls, 0)).toBe(300);
  });

  it('the total is the sum of its sessions, in any order of events', () => {
    const end = fc.record({
      sessionId: fc.constantFrom('a', 'b', 'c'),
      usage: fc.option(fc.constant(USAGE), { nil: null }),
      outcome: fc.constantFrom('completed' as const, 'failed' as const, 'aborted' as const),
    });
    fc.assert(
      fc.property(fc.array(end, { maxLength: 20 }), (ends) => {
        const state = run(
          ends.flatMap((over, index): UnnumberedEvent[] => [
            {
              type: 'exchange.started',
              exchange: makeRequest({ id: `${index}`, sessionId: over.sessionId }),
            },
            { type: 'exchange.ended', end: makeEnd({ id: `${index}`, ...over }) },
          ]),
        );
        const sessions = [...state.sessions.values()].map(({ stats }) => stats);
        const sum = (of: (stats: LiveState['total']) => number): number =>
          sessions.reduce((total, stats) => total + of(stats), 0);
        expect(state.total.requests).toBe(ends.length);
        expect(sum(({ requests }) => requests)).toBe(ends.length);
        expect(sum(({ usage }) => usage?.input ?? 0)).toBe(state.total.usage?.input ?? 0);
        expect(sum(({ unknownUsage }) => unknownUsage)).toBe(state.total.unknownUsage);
      }),
    );
  });
});
