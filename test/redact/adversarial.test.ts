// No text, however made, takes more than linear time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRedactor } from '../../src/redact/redactor.ts';
import { plantedValues } from '../helpers/planted.ts';
import { EVERYTHING } from '../helpers/redaction-options.ts';

const TEN_MB = 10_000_000;
const CUSTOM = [
  { name: 'EMPLOYEE', pattern: 'EMP-\\d{6}', confidence: 0.9, mode: null, placeholder: null },
  { name: 'NESTED', pattern: '(a+)+\\$|(x|xx)*y!', confidence: 0.9, mode: null, placeholder: null },
];
const SEEDS = [
  '.a',
  'a@',
  'a.b@',
  '@a.',
  'a-',
  '1 ',
  '+1 ',
  '1-1',
  '(1) ',
  '12.',
  '1.2.3.',
  ':',
  'a:',
  '::',
  '1:2',
  '://',
  '://a:',
  '://a:b',
  'token',
  'token=',
  'password: ',
  'password="',
  'secret = a',
  'api_key',
  '--token ',
  'sk-',
  'sk-ant-',
  'eyJ',
  'eyJa.eyJ',
  '-eyJ',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN RSA PRIVATE KEY-----\nMIIE',
  '-----END ',
  'Bearer ',
  'Basic a',
  '\\',
  '\\n',
  '"',
  '%41',
  '\u001b[1m',
  '4111 1111 1111 1111 ',
  '4242424242424242',
  '123-45-6789 ',
  '+14155552671 ',
  '(415) 555-2671 ',
  '93.184.216.34 ',
  'a@b.co ',
  ' ',
  '\n',
  'a',
  'A',
  '0',
  'tokena1B2c3D4',
  'x'.repeat(63),
  'ghp_',
  'AKIA',
  'xoxb-1',
  'fe80::1 ',
  '1:2:3:4:5:6:7:8 ',
  'phone: 1234567 ',
  'phone ',
  'aaaa$',
  'EMP-12345',
  'a1.',
  'aA1-',
];

/** Milliseconds of this thread's processor time: what else runs on the machine does not count. */
function costOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

function grown(seed: string): string {
  return seed.repeat(Math.ceil(TEN_MB / seed.length)).slice(0, TEN_MB);
}

describe('10 MB of hostile text', () => {
  it.each(SEEDS)('of %j takes less than 2 s', async (seed) => {
    const redactor = await loadRedactor(EVERYTHING);
    const text = grown(seed);
    // The promise of issue 6: below 2 s for 10 MB.
    expect(costOf(() => redactor.redact(text))).toBeLessThan(2000);
  });

  it('put together by chance takes less than 2 s', async () => {
    const redactor = await loadRedactor(EVERYTHING);
    const values = plantedValues(40).map(({ text }) => text);
    const piece = fc.oneof(fc.constantFrom(...SEEDS, ...values), fc.string({ maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
        const text = grown(pieces.join('') || ' ');
        return costOf(() => redactor.redact(text)) < 2000;
      }),
      // The same texts each time: what is measured should not hang on what chance puts together.
      { numRuns: 12, seed: 20_261_125 },
    );
  }, 120_000);

  it('with own patterns ends in bounded time, and what was not searched is not kept', async () => {
    const redactor = await loadRedactor({
      ...EVERYTHING,
      secrets: false,
      personal: [],
      customPatterns: CUSTOM,
    });
    for (const seed of ['a', 'x', 'aaaa$', 'EMP-123456 ', 'xxy']) {
      expect(costOf(() => redactor.redact(grown(seed)))).toBeLessThan(5000);
    }
  }, 60_000);
});
