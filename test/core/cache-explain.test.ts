import { describe, expect, it } from 'vitest';
import { type CacheStep, explainCache } from '../../src/core/cache-explain.ts';
import { NO_USAGE, type Usage } from '../../src/core/usage.ts';
import { NO_DETAILS } from '../../src/core/usage-details.ts';
import { makePricer } from '../../src/prices/pricer.ts';
import { PriceTable } from '../../src/prices/table.ts';

const price = makePricer(new PriceTable([], null));
const MINUTE = 60_000;

function step(at: number, usage: Partial<Usage>, over: Partial<CacheStep> = {}): CacheStep {
  const full = { ...NO_USAGE, ...usage };
  const model = over.model ?? 'claude-opus-5-5';
  return {
    exchangeId: `e${at}`,
    startedAt: at,
    endedAt: at + 1000,
    dialect: 'anthropic-messages',
    model,
    agentId: null,
    isContinued: false,
    usage: full,
    pieces: [],
    priceable: {
      model,
      dialect: 'anthropic-messages',
      upstream: 'https://api.anthropic.com',
      at,
      usage: full,
      details: NO_DETAILS,
      isFinal: true,
      isSubscription: false,
    },
    ...over,
  };
}

const pieces = (...texts: string[]) =>
  texts.map((text, index) => ({ name: `message ${index + 1}`, hash: text }));
const WARM = { input: 20_000, cacheWrite5m: 20_000 };

describe('explainCache', () => {
  it('names the first piece that changed and what the miss cost', () => {
    const [, second] = explainCache(
      [
        step(0, WARM, { pieces: pieces('a', 'b', 'c') }),
        step(
          MINUTE,
          { input: 21_000, cacheRead: 5000, cacheWrite5m: 16_000 },
          { pieces: pieces('a', 'B', 'c', 'd') },
        ),
      ],
      price,
    );
    expect(second).toMatchObject({
      expected: 20_000,
      missed: 15_000,
      cause: { kind: 'changed', piece: 'message 2' },
      // 15,000 tokens written at 5 instead of read at 0.2
      missedNanoUsd: 15_000 * 4800,
    });
  });

  it('a hit is no miss, nor are a few tokens, nor a conversation that was cut back', () => {
    const hit = { input: 21_000, cacheRead: 20_000, cacheWrite5m: 1000 };
    const findings = explainCache(
      [
        step(0, WARM, { pieces: pieces('a', 'b') }),
        step(MINUTE, hit, { pieces: pieces('a', 'b', 'c') }),
        step(
          2 * MINUTE,
          { input: 21_500, cacheRead: 20_500 },
          { pieces: pieces('a', 'b', 'c', 'd') },
        ),
        step(
          3 * MINUTE,
          { input: 9000, cacheRead: 5000, cacheWrite5m: 4000 },
          { pieces: pieces('a') },
        ),
      ],
      price,
    );
    expect(findings.map(({ missed, cause }) => [missed, cause])).toEqual(Array(4).fill([0, null]));
  });

  it.each([
    [{ cacheWrite5m: 20_000 }, 6 * MINUTE, 5 * MINUTE],
    [{ cacheWrite1h: 20_000 }, 61 * MINUTE, 60 * MINUTE],
  ])('an idle gap beyond the time to live: %o after %i ms', (written, idle, ttlMs) => {
    const [, second] = explainCache(
      [
        step(0, { input: 20_000, ...written }, { pieces: pieces('a') }),
        step(1000 + idle, { input: 20_500 }, { pieces: pieces('a', 'b') }),
      ],
      price,
    );
    expect(second).toMatchObject({
      missed: 20_000,
      cause: { kind: 'expired', idleMs: idle, ttlMs },
    });
    // Read at full price instead of from the cache: 4 - 0.2
    expect(second?.missedNanoUsd).toBe(20_000 * 3800);
  });

  it('another model, and a provider that forgot, are said to be so', () => {
    const findings = explainCache(
      [
        step(0, WARM, { pieces: pieces('a') }),
        step(MINUTE, { input: 20_000 }, { model: 'claude-sonnet-5', pieces: pieces('a') }),
        step(2 * MINUTE, { input: 20_000 }, { pieces: pieces('a', 'b') }),
      ],
      price,
    );
    expect(findings[1]?.cause).toEqual({ kind: 'changed', piece: 'model' });
    expect(findings[2]?.cause).toEqual({ kind: 'unexplained' });
  });

  it('keeps subagents apart', () => {
    const findings = explainCache(
      [
        step(0, WARM, { pieces: pieces('a') }),
        step(MINUTE, { input: 30_000 }, { agentId: 'sub', pieces: pieces('x') }),
      ],
      price,
    );
    expect(findings[1]).toMatchObject({ expected: null, missed: 0 });
  });
});
