import { describe, expect, it } from 'vitest';
import type { UnnumberedEvent } from '../../../src/core/events.ts';
import { ProgressBoard } from '../../../src/store/recorder/progress.ts';
import { TestClock } from '../../helpers/recorder-tap.ts';

function makeBoard() {
  const clock = new TestClock();
  const events: UnnumberedEvent[] = [];
  const board = new ProgressBoard(clock, (event) => events.push(event));
  const source = (exchangeId: string) => ({ exchangeId, bytes: () => 42, usage: () => null });
  return { clock, events, board, source };
}

describe('ProgressBoard', () => {
  it('gathers the pieces of a moment, by kind and in order', () => {
    const { clock, events, board, source } = makeBoard();
    for (const letter of 'think') board.add(source('a'), [{ kind: 'thinking', text: letter }]);
    for (const letter of 'text') board.add(source('a'), [{ kind: 'text', text: letter }]);
    board.add(source('b'), [{ kind: 'tool-call', text: 'Bash' }]);
    expect(events).toEqual([]);
    clock.advance(100);
    expect(events).toMatchObject([
      { exchangeId: 'a', kind: 'thinking', text: 'think', bytes: 42 },
      { exchangeId: 'a', kind: 'text', text: 'text' },
      { exchangeId: 'b', kind: 'tool-call', text: 'Bash' },
    ]);
    clock.advance(1000);
    expect(events).toHaveLength(3);
  });

  it('is bounded, and shows what came last', () => {
    const { clock, events, board, source } = makeBoard();
    for (let i = 0; i < 5000; i += 1) {
      const kind = i % 2 === 0 ? 'text' : 'thinking';
      board.add(source('a'), [{ kind, text: `${'x'.repeat(10_000)}${i}` }]);
    }
    clock.advance(100);
    expect(JSON.stringify(events).length).toBeLessThan(400_000);
    expect(events.at(-1)).toMatchObject({ text: expect.stringMatching(/4999$/) });
  });
});
