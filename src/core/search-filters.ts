/**
 * The filters of a search: `model:opus`, `role:user`, `before:2026-11-01`, `cost>0.5` … A name that is
 * none of them is an error and not a word, since a misspelled filter would silently find other things.
 */
import { UserError } from './errors.ts';
import { fold } from './fold.ts';
import { nearest } from './nearest.ts';
import type { SearchHit } from './ports.ts';
import { parseWhen, WHEN_FORMS } from './when.ts';

type Comparison = '>' | '>=' | '<' | '<=';

export type SearchFilter = { readonly isNot: boolean } & (
  | { readonly name: 'role'; readonly kinds: readonly SearchHit['kind'][] }
  /** Text that the name contains (of a session: that its id begins with). */
  | { readonly name: 'model' | 'client' | 'tool' | 'project' | 'session'; readonly value: string }
  /** Whether the exchange failed, or text of its error. */
  | { readonly name: 'error'; readonly value: boolean | string }
  /** Epoch milliseconds. */
  | { readonly name: 'before' | 'after'; readonly at: number }
  /** Dollars, or tokens in and out, of the exchange. */
  | { readonly name: 'cost' | 'tokens'; readonly comparison: Comparison; readonly value: number }
);

const TEXTS = ['model', 'client', 'tool', 'project', 'session'] as const;
const TIMES = ['before', 'after'] as const;
const NUMBERS = ['cost', 'tokens'] as const;
const NAMED = [...TEXTS, 'role', ...TIMES, 'error'];
const KINDS: Readonly<Record<string, readonly SearchHit['kind'][]>> = {
  user: ['prompt'],
  assistant: ['answer', 'thinking', 'tool-call'],
  tool: ['tool-result'],
  system: ['system'],
  prompt: ['prompt'],
  answer: ['answer'],
  thinking: ['thinking'],
  'tool-call': ['tool-call'],
  'tool-result': ['tool-result'],
};

/** All of them, as they are typed. */
export const FILTER_FORMS = [
  ...NAMED.map((name) => `${name}:`),
  ...NUMBERS.map((name) => `${name}>`),
].join(' ');

/** What was typed, cut at its sign. */
export interface TypedFilter {
  readonly isNot: boolean;
  readonly name: string;
  readonly sign: string;
  readonly value: string;
}

/** Null for text that only looks like a filter (`https://…`, `a::b`, `localhost:80`, `i>5`). */
export function parseFilter(typed: TypedFilter, now: number): SearchFilter | null {
  const { name, sign, isNot } = typed;
  const value = fold(typed.value).replace(/\*$/, '');
  const number = NUMBERS.find((known) => known === name);
  if (number !== undefined) return { isNot, name: number, ...numberOf(typed) };
  if (sign !== ':') return notAComparison(typed);
  if (isPlainText(name, typed.value)) return null;
  const text = TEXTS.find((known) => known === name);
  if (text !== undefined) return { isNot, name: text, value };
  const time = TIMES.find((known) => known === name);
  if (time !== undefined) return { isNot, name: time, at: timeOf(typed, now) };
  if (name === 'role') return { isNot, name, kinds: kindsOf(value) };
  if (name === 'error') return { isNot, name, value: truthOf(value) };
  throw unknown(typed, NAMED);
}

function isPlainText(name: string, value: string): boolean {
  return !NAMED.includes(name) && /^[:/\\\d]/.test(value);
}

/** `cost:>0.5` is meant as `cost>0.5`. */
function numberOf({ name, sign, value }: TypedFilter): { comparison: Comparison; value: number } {
  const pattern = /^:?(>=|<=|>|<)\$?(\d{1,12}(?:\.\d{1,9})?)(k|m)?$/i;
  const [, comparison, digits, unit = ''] = pattern.exec(sign + value) ?? [];
  if (digits === undefined) {
    throw new UserError(`${name} is compared with a number: ${name}>10, ${name}<=0.5`, {
      exitCode: 2,
    });
  }
  const factor = { k: 1e3, m: 1e6 }[unit.toLowerCase()] ?? 1;
  return { comparison: comparisonOf(comparison), value: Number(digits) * factor };
}

function comparisonOf(sign: string | undefined): Comparison {
  return sign === '>=' || sign === '<' || sign === '<=' ? sign : '>';
}

/** `costs>5` is a misspelled filter; `i>5` is code. */
function notAComparison(typed: TypedFilter): null {
  if (nearest(typed.name, NUMBERS) !== null) throw unknown(typed, NUMBERS);
  return null;
}

function timeOf({ name, value }: TypedFilter, now: number): number {
  const at = parseWhen(value.replace(/\*$/, ''), now);
  if (at === null) throw new UserError(`${name}: expects ${WHEN_FORMS}`, { exitCode: 2 });
  return at;
}

function kindsOf(role: string): readonly SearchHit['kind'][] {
  const kinds = Object.hasOwn(KINDS, role) ? KINDS[role] : undefined;
  if (kinds !== undefined) return kinds;
  const near = nearest(role, Object.keys(KINDS));
  throw new UserError(`role: knows no "${role}"${near === null ? '' : `; did you mean ${near}?`}`, {
    hint: `roles: ${Object.keys(KINDS).join(', ')}`,
    exitCode: 2,
  });
}

function truthOf(value: string): boolean | string {
  if (value === 'yes' || value === 'true') return true;
  return value === 'no' || value === 'false' ? false : value;
}

function unknown({ name, sign, value }: TypedFilter, names: readonly string[]): UserError {
  const near = nearest(name, names);
  const guess = near === null ? '' : `; did you mean ${near}${sign}?`;
  return new UserError(`there is no filter ${name}${sign}${guess}`, {
    hint: `filters: ${FILTER_FORMS}  (as text, in quotes: "${name}${sign}${value}")`,
    exitCode: 2,
  });
}
