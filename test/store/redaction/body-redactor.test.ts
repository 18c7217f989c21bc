import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { loadRedactor } from '../../../src/redact/redactor.ts';
import { BodyRedactor } from '../../../src/store/redaction/body-redactor.ts';

const OPTIONS = {
  secrets: true,
  personal: [],
  minConfidence: 0.5,
  mode: 'mask',
  partialShowChars: 4,
  customPatterns: [],
  tokenKey: 'key',
} as const;
const KEY = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;

test('a key inside of a binary body is replaced, and every other byte stays', async () => {
  const redactor = new BodyRedactor(await loadRedactor(OPTIONS));
  const before = Buffer.concat([Buffer.from([0, 255, 0]), randomBytes(20_000), Buffer.from('\n ')]);
  const after = Buffer.concat([Buffer.from(' \n'), randomBytes(20_000)]);
  const { bytes, redactions } = redactor.redact(
    Buffer.concat([before, Buffer.from(KEY), after]),
    'text',
    false,
  );
  const stored = Buffer.from(bytes);
  expect(stored.includes(KEY)).toBe(false);
  expect(Object.keys(redactions)).toHaveLength(1);
  expect(stored.subarray(0, before.length).equals(before)).toBe(true);
  expect(stored.subarray(-after.length).equals(after)).toBe(true);
});
