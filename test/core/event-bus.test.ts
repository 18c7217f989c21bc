import { expect, it } from 'vitest';
import { EventBus } from '../../src/core/event-bus.ts';
import type { FlowEvent } from '../../src/core/events.ts';
import { makeEnd, makeRequest } from '../helpers/flow-events.ts';

it('numbers events in one series, also over a restarted recorder, and isolates subscribers', () => {
  const errors: unknown[] = [];
  const bus = new EventBus((error) => errors.push(error));
  const seen: FlowEvent[] = [];
  bus.subscribe(() => {
    throw new Error('screen broke');
  });
  const end = bus.subscribe((event) => seen.push(event));
  bus.publish({ type: 'exchange.started', exchange: makeRequest(), seq: 900 });
  bus.publish({ type: 'exchange.ended', end: makeEnd(), seq: 1 });
  end();
  bus.publish({ type: 'exchange.ended', end: makeEnd() });
  expect(seen.map(({ seq, type }) => [seq, type])).toEqual([
    [1, 'exchange.started'],
    [2, 'exchange.ended'],
  ]);
  expect(errors).toHaveLength(3);
});
