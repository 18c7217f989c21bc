import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch } from '../../../src/core/search-query.ts';
import { snippetOf } from '../../../src/store/search/snippet.ts';

function show(text: string, typed: string) {
  const snippet = snippetOf(text, parseSearch(typed, 0).terms);
  return {
    ...snippet,
    marked: snippet.marks.map(([start, end]) => snippet.text.slice(start, end)),
  };
}

describe('snippetOf', () => {
  it('shows the place where most of the words stand together', () => {
    const text = `alpha ${'. '.repeat(200)} alpha and beta ${'. '.repeat(200)} beta`;
    expect(show(text, 'beta alpha').marked).toEqual(['alpha', 'beta']);
  });

  it('shows the beginning when the words are not there', () => {
    expect(show('some text', 'missing')).toMatchObject({ text: 'some text', marks: [] });
  });

  it('stays on one line', () => {
    expect(show('a\r\nneedle\tb', 'needle').text).toBe('a  needle b');
  });

  it('has marks in order, inside the text, and whole characters, whatever the text', () => {
    const words = fc.array(fc.constantFrom('needle', 'needles', 'Nëedle', '😀', ' ', '\n', 'hay'), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(words, (pieces) => {
        const { text, marks, marked } = show(pieces.join(''), 'needle need*');
        expect(text.isWellFormed()).toBe(true);
        expect(text.length).toBeLessThanOrEqual(163);
        let last = 0;
        for (const [start, end] of marks) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeLessThanOrEqual(text.length);
          last = end;
        }
        for (const one of marked) expect(one.toLowerCase()).toMatch(/^n[eë]ed/);
      }),
    );
  });
});
