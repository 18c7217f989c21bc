// No text, however made, takes more than linear time: 10 MB of it would not end within the hour.
// How long it takes is printed by `npm run bench:redact`, against issue 6's promise of 2 s.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { RedactionOptions } from '../../src/core/options.ts';
import type { Redactions } from '../../src/core/redactions.ts';
import { grown, SEEDS, TEN_MB } from '../helpers/hostile-text.ts';
import { plantedValues } from '../helpers/planted.ts';
import { EVERYTHING } from '../helpers/redaction-options.ts';

const CUSTOM = [
  { name: 'EMPLOYEE', pattern: 'EMP-\\d{6}', confidence: 0.9, mode: null, placeholder: null },
  { name: 'NESTED', pattern: '(a+)+\\$|(x|xx)*y!', confidence: 0.9, mode: null, placeholder: null },
];
/** Thirty times what the slowest takes on a slow machine; what is quadratic takes hours. */
const NEVER = 60_000;

const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

interface Redacted {
  readonly length: number;
  readonly redactions: Redactions;
}

/** Redacts on a thread of its own; rejects when a text does not end. */
function startRedactor(options: RedactionOptions): (text: string) => Promise<Redacted> {
  const worker = new Worker(new URL('../helpers/redact-worker.ts', import.meta.url), {
    workerData: options,
  });
  workers.push(worker);
  return async (text) => {
    worker.postMessage(text);
    const [redacted] = await once(worker, 'message', { signal: AbortSignal.timeout(NEVER) });
    return redacted as Redacted;
  };
}

describe('10 MB of hostile text', () => {
  it('of one piece repeated ends', async () => {
    const redact = startRedactor(EVERYTHING);
    const stuck: string[] = [];
    for (const seed of SEEDS) {
      const redacted = await redact(grown(seed)).catch(() => null);
      if (redacted === null) stuck.push(seed);
      if (redacted === null) break;
      // Nothing found: nothing changed.
      if (Object.keys(redacted.redactions).length === 0) expect(redacted.length).toBe(TEN_MB);
    }
    expect(stuck).toEqual([]);
  }, 600_000);

  it('put together by chance ends', async () => {
    const redact = startRedactor(EVERYTHING);
    const values = plantedValues(40).map(({ text }) => text);
    const piece = fc.oneof(fc.constantFrom(...SEEDS, ...values), fc.string({ maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), async (pieces) => {
        await redact(grown(pieces.join('') || ' '));
      }),
      // Smaller texts of one that never ends would not end either.
      { numRuns: 12, endOnFailure: true },
    );
  }, 600_000);

  it('with own patterns ends, and what was not searched is not kept', async () => {
    const redact = startRedactor({
      ...EVERYTHING,
      secrets: false,
      personal: [],
      customPatterns: CUSTOM,
    });
    for (const seed of ['a', 'x', 'aaaa$', 'EMP-123456 ', 'xxy']) await redact(grown(seed));
    const { length, redactions } = await redact(grown('EMP-123456 '));
    expect(redactions).toHaveProperty('UNSEARCHED');
    expect(length).toBeLessThan(TEN_MB);
  }, 120_000);
});
