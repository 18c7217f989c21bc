import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ToolResultRecord } from '../../../src/core/exchange.ts';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import type { SqliteSink } from '../../../src/store/sqlite-sink.ts';
import { endItem, makeSink, requestItem, START, tempFolder } from '../../helpers/store-items.ts';

let path: string;
let sink: SqliteSink;

beforeEach(() => {
  path = join(tempFolder(), 'sessions.db');
  sink = makeSink(path);
});

function turn(id: string, at: number, results: ToolResultRecord[], calls: string[]) {
  const request = requestItem({ id, startedAt: START + at, toolResults: results });
  const end = endItem(request.request, {
    endedAt: START + at + 1_000,
    toolCalls: calls.map((call) => ({ id: call, name: 'Bash', arguments: '{}' })),
  });
  return { request, end };
}

function result(id: string, bytes = 10, isError: boolean | null = false): ToolResultRecord {
  return { id, bytes, isError };
}

function callsOf(exchangeId: string) {
  const history = openHistory(path);
  const exchange = history.exchange(exchangeId);
  history.close();
  return exchange?.toolCalls.map((call) => [
    call.id,
    call.durationMs,
    call.resultBytes,
    call.isError,
  ]);
}

describe('tool calls', () => {
  it('last from the end of the answer to the request with the result; parallel ones share it', () => {
    const first = turn('e1', 0, [], ['a', 'b']);
    const second = turn('e2', 5_000, [result('a', 7), result('b', 9, true)], []);
    sink.write([first.request, first.end, second.request, second.end]);
    expect(callsOf('e1')).toEqual([
      ['a', 4_000, 7, false],
      ['b', 4_000, 9, true],
    ]);
    const history = openHistory(path);
    expect(history.stats({}).tools).toEqual([
      {
        name: 'Bash',
        calls: 2,
        failures: 1,
        timed: 2,
        totalMs: 8_000,
        maxMs: 4_000,
        argumentBytes: 4,
        resultBytes: 16,
      },
    ]);
    expect(history.exchanges('session-1', { limit: 9, offset: 1 })[0]?.toolResults).toEqual([
      result('a', 7),
      result('b', 9, true),
    ]);
    history.close();
  });

  it('count a result once, however often the history sends it again, also after a restart', () => {
    const first = turn('e1', 0, [], ['a']);
    const second = turn('e2', 2_000, [result('a')], []);
    const third = turn('e3', 60_000, [result('a', 99)], []);
    sink.write([first.request, first.end, second.request, second.end, third.request]);
    const again = turn('e4', 90_000, [result('a', 99)], []);
    makeSink(path, 'instance-2').write([again.request]);
    expect(callsOf('e1')).toEqual([['a', 1_000, 10, false]]);
  });

  it('never last less than nothing', () => {
    const first = turn('e1', 0, [], ['a']);
    const second = turn('e2', 990, [result('a')], []);
    sink.write([first.request, first.end, second.request]);
    expect(callsOf('e1')).toEqual([['a', 0, 10, false]]);
  });

  it('find their result when its request was written before the end that asked', () => {
    const first = turn('e1', 0, [], ['a']);
    const second = turn('e2', 1_003, [result('a')], []);
    sink.write([first.request, second.request, first.end]);
    expect(callsOf('e1')).toEqual([['a', 3, 10, false]]);
  });

  it('are kept apart where a server numbers them anew in every answer', () => {
    const first = turn('e1', 0, [], ['call_0']);
    const second = turn('e2', 2_000, [result('call_0', 1)], ['call_0']);
    const third = turn('e3', 6_000, [result('call_0', 1), result('call_0', 2)], []);
    sink.write([first.request, first.end, second.request, second.end, third.request]);
    expect([callsOf('e1'), callsOf('e2')]).toEqual([
      [['call_0', 1_000, 1, false]],
      [['call_0', 3_000, 2, false]],
    ]);
  });

  it('of one session are not answered by another', () => {
    const first = turn('e1', 0, [], ['a']);
    const other = requestItem({ id: 'e2', sessionId: 'session-2', toolResults: [result('a')] });
    sink.write([first.request, first.end, other]);
    expect(callsOf('e1')).toEqual([['a', null, null, null]]);
  });

  it('that the provider ran have their result at once, and no duration', () => {
    const request = requestItem();
    const parts = [
      { type: 'tool-call', id: 's1', name: 'web_search', arguments: '{"query":"x"}' },
      { type: 'tool-result', id: 's1', text: 'found', isError: false },
    ] as const;
    sink.write([request, endItem(request.request, { parts })]);
    expect(callsOf('exchange-1')).toEqual([['s1', null, 5, false]]);
  });

  it('show all their arguments in an exchange, the beginning in a list', () => {
    const whole = JSON.stringify({ content: 'x'.repeat(10_000) });
    const request = requestItem();
    const parts = [{ type: 'tool-call', id: 'a', name: 'Write', arguments: whole }] as const;
    sink.write([request, endItem(request.request, { parts })]);
    const history = openHistory(path);
    expect(history.exchange('exchange-1')?.toolCalls[0]?.arguments).toBe(whole);
    const [listed] = history.exchanges('session-1', { limit: 1, offset: 0 });
    expect(listed?.toolCalls[0]?.arguments).toHaveLength(200);
    history.close();
  });
});
