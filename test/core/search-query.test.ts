import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { fold } from '../../src/core/fold.ts';
import { parseSearch } from '../../src/core/search-query.ts';
import { exactMatch, insideMatch } from '../../src/store/search/match.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const parse = (typed: string) => parseSearch(typed, NOW);
const match = (typed: string) => exactMatch(parse(typed).terms);

function problem(typed: string): string {
  try {
    parse(typed);
  } catch (error) {
    if (error instanceof UserError) return `${error.message} | ${error.hint}`;
    throw error;
  }
  return 'no error';
}

describe('parseSearch', () => {
  it('quotes everything', () => {
    expect(match('foo_bar "two words"* x* AND')).toBe(
      '("foo bar" AND "two words" * AND "x" * AND "and")',
    );
    expect(match('a -b -"c d" -e*')).toBe('("a") NOT "b" NOT "c d" NOT "e" *');
    expect(match('-b')).toBeNull();
  });

  it('tries the edges of identifiers as parts of longer words', () => {
    const { terms } = parse('rc/x.t plain');
    expect(insideMatch(terms, () => ['rc', 'src'])).toBe(
      '(("rc x t" * OR (("src") AND "x t" *)) AND "plain")',
    );
  });

  it('is bounded', () => {
    expect(parse('word '.repeat(10_000)).terms).toHaveLength(32);
  });

  it.each([
    ['model:Opus', { name: 'model', value: 'opus', isNot: false }],
    ['-client:codex', { name: 'client', value: 'codex', isNot: true }],
    ['project:"my app"', { name: 'project', value: 'my app', isNot: false }],
    ['role:user', { name: 'role', kinds: ['prompt'], isNot: false }],
    ['after:2d', { name: 'after', at: NOW - 2 * 86_400_000, isNot: false }],
    ['cost>0.5', { name: 'cost', comparison: '>', value: 0.5, isNot: false }],
    ['cost:<=$2', { name: 'cost', comparison: '<=', value: 2, isNot: false }],
    ['tokens>=20k', { name: 'tokens', comparison: '>=', value: 20_000, isNot: false }],
    ['error:yes', { name: 'error', value: true, isNot: false }],
    ['error:overloaded', { name: 'error', value: 'overloaded', isNot: false }],
  ])('reads the filter %s', (typed, filter) => {
    expect(parse(`word ${typed}`)).toMatchObject({ filters: [filter], besides: typed });
    expect(parse(`word ${typed}`).terms).toHaveLength(1);
  });

  it.each([
    'https://x.org',
    'std::vector',
    'localhost:8080',
    'i>5',
    'TypeError: cannot',
    '"a:b"',
    'a->b',
  ])('takes %s for text', (typed) => {
    expect(parse(typed)).toMatchObject({ filters: [] });
  });

  it.each([
    ['modle:opus', 'there is no filter modle:; did you mean model:? | filters: model:'],
    ['costs>5', 'there is no filter costs>; did you mean cost>?'],
    ['status:open', 'there is no filter status: | filters:'],
    ['role:usr', 'role: knows no "usr"; did you mean user? | roles: user, assistant'],
    ['before:soon', 'before: expects 30m, 2h, 7d, 1w or a date like 2026-11-24'],
    ['cost:much', 'cost is compared with a number: cost>10'],
    ['role:__proto__', 'role: knows no "__proto__"'],
  ])('says what is wrong with %s', (typed, message) => {
    expect(problem(typed)).toContain(message);
  });
});

describe('fold', () => {
  it('keeps every place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(text)).toHaveLength(text.length);
      }),
    );
    expect(fold('ÉCOLE İ Straße')).toBe('ecole i straße');
  });
});
