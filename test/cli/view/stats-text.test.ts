import { describe, expect, it } from 'vitest';
import { renderSessionStats, renderStats } from '../../../src/cli/view/stats-text.ts';
import type { Stats, ToolStats } from '../../../src/core/ports.ts';
import { emptyStats } from '../../../src/core/stats.ts';

function tool(name: string, calls: number, averageMs: number): ToolStats {
  return {
    name,
    calls,
    failures: 0,
    timed: calls,
    totalMs: averageMs * calls,
    maxMs: averageMs,
    argumentBytes: 0,
    resultBytes: 0,
  };
}

/** The example of the original's README; tokens in all are input plus output, the cost is unknown. */
const EXAMPLE: Stats = {
  sessionId: '550e8400-e29b-41d4-a716-446655440000',
  sessions: 1,
  requests: 5,
  outcomes: { completed: 5 },
  usage: {
    input: 2450,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: 5830,
    reasoning: 1200,
  },
  unknownUsage: 0,
  cost: { nanoUsd: 0, exact: 0, estimated: 0, unpriced: 5 },
  tools: [tool('Bash', 3, 850), tool('Read', 12, 45), tool('Write', 8, 120)],
  timed: 1,
  totalMs: 2300,
  overheadMs: 12,
};

describe('statistics', () => {
  it("have the original's format", () => {
    expect(renderSessionStats(EXAMPLE)).toBe(`📊 Session Statistics Summary
═══════════════════════════════════════════════════════════════
Session: 550e8400-e29b-41d4-a716-446655440000
  Requests:        5
  Input tokens:    2,450
  Output tokens:   5,830
  Thinking tokens: 1,200
  Total tokens:    8,280

  Tool usage:
    Read:  12 calls (avg 45ms)
    Write: 8 calls (avg 120ms)
    Bash:  3 calls (avg 850ms)

  Performance:
    Avg response time: 2.3s
    Proxy overhead:    12ms total (0.5%)
    Provider latency:  2.288s (99.5%)

💰 Estimated cost: unknown`);
  });

  it('cache lines, failures and missing usage appear where there are any', () => {
    const text = renderSessionStats({
      ...EXAMPLE,
      outcomes: { completed: 4, failed: 1 },
      usage: {
        input: 10_500,
        cacheRead: 9000,
        cacheWrite5m: 300,
        cacheWrite1h: 7,
        output: 1,
        reasoning: 0,
      },
      unknownUsage: 2,
      tools: [{ ...tool('Bash', 1, 5), timed: 0, failures: 1 }],
    });
    expect(text).toContain('  Requests:        5 (1 not completed)\n');
    expect(text).toContain('    Cache read:    9,000\n    Cache write:   307\n');
    expect(text).toContain('  Without usage:   2 requests\n');
    expect(text).toContain('    Bash: 1 call (1 failed)\n');
    expect(text).not.toContain('Thinking');
  });

  it('nothing measured is unknown or absent, never 0', () => {
    const text = renderSessionStats({ ...emptyStats('s'), requests: 1 });
    expect(text).toContain('Input tokens:    unknown');
    expect(text).not.toMatch(/0ms|0\.0s|Performance|Tool usage/);
  });

  it('several sessions end in their total', () => {
    const text = renderStats([EXAMPLE, { ...EXAMPLE, sessionId: 'b' }], {
      ...EXAMPLE,
      sessions: 9,
    });
    expect(text.match(/^(Session|All sessions): .*$/gm)).toEqual([
      'Session: 550e8400-e29b-41d4-a716-446655440000',
      'Session: b',
      'All sessions: 9',
    ]);
  });

  it('foreign names cannot speak to the terminal', () => {
    const evil = '\u001b]0;owned\u0007\nx';
    const text = renderSessionStats({ ...EXAMPLE, sessionId: evil, tools: [tool(evil, 1, 1)] });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: -- their absence is the point
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(text).toContain('owned');
  });
});
