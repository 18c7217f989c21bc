/**
 * The filter of a view: words that must occur, and terms about numbers and names. What cannot be
 * read as a term is a word, so typing never fails. Pure.
 *
 *   model:opus client:codex tool:Bash session:1a2b status:>=400 >1000tok >5s cost>0.1 !word
 */
export interface FilterSubject {
  readonly text: string;
  readonly model: string;
  readonly client: string;
  readonly session: string;
  readonly tools: string;
  /** HTTP status; null while none came. */
  readonly status: number | null;
  readonly isError: boolean;
  readonly tokens: number | null;
  readonly durationMs: number | null;
  /** Dollars; null while nobody knows. */
  readonly usd: number | null;
}

type Test = (subject: FilterSubject) => boolean;

export interface Filter {
  readonly typed: string;
  readonly matches: Test;
}

const NAMED = /^(model|client|tool|session|status):(.+)$/;
const NUMBER = /^(>=|<=|>|<)(\d+(?:\.\d+)?)(tok|s|ms)$/;
const COST = /^cost(>=|<=|>|<)(\d+(?:\.\d+)?)$/;
const STATUS = /^(>=|<=|>|<)?(\d{1,3})$/;

export function parseFilter(typed: string): Filter {
  const tests = typed
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!')
    .map(testOf);
  return { typed, matches: (subject) => tests.every((test) => test(subject)) };
}

function testOf(word: string): Test {
  if (word.startsWith('!')) {
    const test = testOf(word.slice(1));
    return (subject) => !test(subject);
  }
  return namedTest(word) ?? numberTest(word) ?? costTest(word) ?? textTest(word);
}

function namedTest(word: string): Test | null {
  const [, name, value = ''] = NAMED.exec(word) ?? [];
  const wanted = value.toLowerCase();
  switch (name) {
    case 'model':
      return ({ model }) => model.toLowerCase().includes(wanted);
    case 'client':
      return ({ client }) => client.toLowerCase().includes(wanted);
    case 'tool':
      return ({ tools }) => tools.toLowerCase().includes(wanted);
    case 'session':
      return ({ session }) => session.toLowerCase().includes(wanted);
    case 'status':
      return statusTest(wanted);
    default:
      return null;
  }
}

function statusTest(wanted: string): Test | null {
  if (/^err/.test(wanted)) return ({ isError }) => isError;
  if (wanted === 'ok') return ({ isError, status }) => !isError && status !== null;
  if (wanted === 'run')
    return ({ isError, status, durationMs }) =>
      !isError && durationMs === null && (status === null || status < 400);
  const [, sign = '=', number = ''] = STATUS.exec(wanted) ?? [];
  if (number === '') return null;
  return ({ status }) => status !== null && compare(status, sign, Number(number));
}

function numberTest(word: string): Test | null {
  const [, sign = '', number = '', unit] = NUMBER.exec(word) ?? [];
  if (unit === undefined) return null;
  if (unit === 'tok')
    return ({ tokens }) => tokens !== null && compare(tokens, sign, Number(number));
  const ms = Number(number) * (unit === 's' ? 1000 : 1);
  return ({ durationMs }) => durationMs !== null && compare(durationMs, sign, ms);
}

function costTest(word: string): Test | null {
  const [, sign, number = ''] = COST.exec(word) ?? [];
  if (sign === undefined) return null;
  return ({ usd }) => usd !== null && compare(usd, sign, Number(number));
}

function textTest(word: string): Test {
  const wanted = word.toLowerCase();
  return ({ text }) => text.toLowerCase().includes(wanted);
}

function compare(value: number, sign: string, bound: number): boolean {
  switch (sign) {
    case '>':
      return value > bound;
    case '<':
      return value < bound;
    case '>=':
      return value >= bound;
    case '<=':
      return value <= bound;
    default:
      return value === bound;
  }
}
