/**
 * The language of searches, the same in commands, screen and web: words (all must occur), "phrases",
 * prefix*, -not, identifiers and paths as they are written (`foo_bar`, `src/x.ts`, `getUser`), and
 * filters. Everything typed is a search or an error that says what is wrong. Pure.
 */
import { fold, WORDS } from './fold.ts';
import { parseFilter, type SearchFilter } from './search-filters.ts';

export interface SearchTerm {
  /** Folded; side by side in the text. At least one. */
  readonly words: readonly string[];
  /** The last word may go on. */
  readonly isPrefix: boolean;
  readonly isNot: boolean;
  /** An identifier or path, folded: the text holds it just so, inside longer ones too. */
  readonly literal: string | null;
}

export interface SearchQuery {
  readonly terms: readonly SearchTerm[];
  readonly filters: readonly SearchFilter[];
  /** Filters and what must not occur, as typed: what stays where words are tried otherwise. */
  readonly besides: string;
}

/** More would not narrow a search, only cost time. */
const MAX_TERMS = 32;
const MAX_QUERY = 1_000;
const TYPED =
  /(?<not>-(?!-))?(?:(?<name>[a-z]+)(?<sign>:|[<>]=?)(?<value>"[^"]*"|[^\s"]+)|"(?<phrase>[^"]*)"(?<star>\*?)|(?<word>[^\s"]+))/g;

/** `now` (epoch milliseconds) is what `after:7d` counts from. Throws a UserError for a wrong filter. */
export function parseSearch(typed: string, now: number): SearchQuery {
  const terms: SearchTerm[] = [];
  const filters: SearchFilter[] = [];
  const besides: string[] = [];
  for (const match of [...typed.slice(0, MAX_QUERY).matchAll(TYPED)].slice(0, MAX_TERMS)) {
    const filter = filterOf(match.groups ?? {}, now);
    if (filter !== null) filters.push(filter);
    else terms.push(...termOf(match));
    if (filter !== null || match.groups?.['not'] !== undefined) besides.push(match[0]);
  }
  return { terms, filters, besides: besides.join(' ') };
}

type Groups = Readonly<Record<string, string | undefined>>;

function filterOf({ not, name, sign, value }: Groups, now: number): SearchFilter | null {
  if (name === undefined || sign === undefined || value === undefined) return null;
  const isNot = not !== undefined;
  return parseFilter({ isNot, name, sign, value: value.replace(/^"(.*)"$/s, '$1') }, now);
}

/** None for what holds no letter and no digit. */
function termOf({ 0: whole, groups = {} }: RegExpMatchArray): SearchTerm[] {
  const isNot = groups['not'] !== undefined;
  const isPrefix = groups['star'] === '*' || whole.endsWith('*');
  const text = groups['phrase'] ?? whole.slice(isNot ? 1 : 0);
  const words = fold(text).match(WORDS) ?? [];
  if (words.length === 0) return [];
  const isWritten = groups['phrase'] === undefined && isIdentifier(text, words.length);
  return [{ words, isPrefix, isNot, literal: isWritten ? trimmed(text) : null }];
}

/** Several words without a blank (`a_b`, `a/b.c`), or one with a hump (`getUser`, `TypeError`). */
function isIdentifier(text: string, words: number): boolean {
  return words > 1 || /\p{Ll}\p{Lu}/u.test(text);
}

/** Without what stands before the first letter and after the last: `TypeError:` means the name. */
function trimmed(text: string): string {
  return fold(text).replace(/^[^\p{L}\p{N}\p{Co}]+|[^\p{L}\p{N}\p{Co}]+$/gu, '');
}

/** What a person looks for, piece by piece, to mark it: words, and identifiers as they are written. */
export function wantedTexts({ terms }: SearchQuery): string[] {
  return terms
    .filter((term) => !term.isNot)
    .flatMap((term) => (term.literal === null ? term.words : [term.literal]));
}
