// secretlint, whose rules others keep, as an oracle: what it finds, we find.
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { expect, it } from 'vitest';
import { loadRedactor } from '../../src/redact/redactor.ts';
import { plantedValues } from '../helpers/planted.ts';
import { EVERYTHING } from '../helpers/redaction-options.ts';

const SECRETS = new Set([
  'anthropic',
  'openai',
  'google',
  'aws',
  'github',
  'gitlab',
  'slack',
  'npm',
  'private key',
  'database url',
]);

it('finds all that secretlint finds', async () => {
  const redactor = await loadRedactor({ ...EVERYTHING, personal: [] });
  const values = plantedValues(400).filter(({ kind }) => SECRETS.has(kind));
  const content = values.map(({ text }) => `const x = '${text}'\n`).join('');
  const { messages } = await lintSource({
    source: { content, filePath: '/x/code.ts', contentType: 'text' },
    options: {
      config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] },
      maskSecrets: false,
    },
  });
  const ours = redactor.find(content);
  const missed = messages.filter(
    ({ range: [start, end] }) =>
      !ours.some((finding) => finding.start < end && finding.end > start),
  );
  expect(messages.length).toBeGreaterThan(50);
  expect(missed.map(({ message }) => message)).toEqual([]);
  expect(ours.length).toBeGreaterThanOrEqual(values.length);
});
