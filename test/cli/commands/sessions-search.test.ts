import { expect, it } from 'vitest';
import { markedSnippet } from '../../../src/cli/commands/sessions-search.ts';
import type { SearchHit } from '../../../src/core/ports.ts';

const style = {
  bold: String,
  dim: String,
  good: String,
  warn: String,
  bad: String,
  mark: (text: string) => `«${text}»`,
  link: String,
};

function marked(snippet: string, ...marks: [number, number][]): string {
  const hit: SearchHit = {
    sessionId: 's',
    exchangeId: 'e',
    at: 0,
    client: 'other',
    model: null,
    project: null,
    resume: null,
    kind: 'prompt',
    snippet,
    marks,
  };
  return markedSnippet(hit, style);
}

it('marks count in the foreign text, before it is made safe', () => {
  expect(marked('a\u001b[2Jb moon\nc', [7, 11])).toBe('a␛[2Jb «moon» c');
  expect(marked('moon moon', [0, 4], [5, 9])).toBe('«moon» «moon»');
  expect(marked('overlap', [0, 4], [2, 6])).toBe('«over»lap');
});
