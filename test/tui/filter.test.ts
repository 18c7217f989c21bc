import { expect, test } from 'vitest';
import { type FilterSubject, parseFilter } from '../../src/tui/filter.ts';

const subject: FilterSubject = {
  text: 'claude-opus-5-5 claude-code 1a2b Bash mend the parser',
  model: 'claude-opus-5-5',
  client: 'claude-code',
  session: '1a2b3c',
  tools: 'Bash Read',
  status: 200,
  isError: false,
  tokens: 1500,
  durationMs: 6000,
  usd: 0.25,
};

test.each([
  ['', true],
  ['parser OPUS', true],
  ['parser codex', false],
  ['model:opus client:claude tool:bash session:1a', true],
  ['model:haiku', false],
  ['!model:haiku !codex', true],
  ['status:200 status:<300 status:ok', true],
  ['status:>=400', false],
  ['status:err', false],
  ['>1000tok >5s <7000ms', true],
  ['<1000tok', false],
  ['>5s >8s', false],
  ['cost>0.1 cost<=0.25', true],
  ['cost>1', false],
  ['status:maybe', false],
])('%j: %s', (typed, matches) => {
  expect(parseFilter(typed).matches(subject)).toBe(matches);
});

test('what is not known matches no number', () => {
  const unknown = { ...subject, tokens: null, durationMs: null, status: null };
  expect(parseFilter('<1000tok').matches(unknown)).toBe(false);
  expect(parseFilter('status:run').matches(unknown)).toBe(true);
});
