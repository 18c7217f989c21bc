import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { CustomPattern, RedactionMode } from '../../src/core/options.ts';
import { redactEventStream } from '../../src/redact/event-stream.ts';
import { rewriteLiteral, rewriteStrings } from '../../src/redact/json.ts';
import { LiveRedactor } from '../../src/redact/live.ts';
import { loadRedactor, type Redactor } from '../../src/redact/redactor.ts';
import { redactQuery } from '../../src/redact/url.ts';
import { sseText, TURNS } from '../helpers/agent-turns.ts';
import { foundIn, plantedValues } from '../helpers/planted.ts';
import { EVERYTHING } from '../helpers/redaction-options.ts';

let redactor: Redactor;
const values = plantedValues(80);
const EMAIL = 'mary.major@acme.io';

beforeAll(async () => {
  redactor = await loadRedactor(EVERYTHING);
});

/** Texts with values, words and signs in any order. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(...values.map(({ text }) => ` ${text} `)),
      fc.constantFrom(
        'a word',
        '\n',
        ' ',
        'password = ',
        '{"k":',
        '"',
        '\\n',
        '-----BEGIN ',
        'Ünï 🌙',
      ),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 14 },
  )
  .map((pieces) => pieces.join(''));

describe('the forms of a replacement', () => {
  const FORMS: readonly (readonly [RedactionMode, string])[] = [
    ['mask', 'to [EMAIL].'],
    ['remove', 'to .'],
    ['partial', 'to [EMAIL:…e.io].'],
  ];
  it.each(FORMS)('%s', async (mode, wanted) => {
    const other = await loadRedactor({ ...EVERYTHING, mode });
    expect(other.redact(`to ${EMAIL}.`)).toEqual({ text: wanted, redactions: { EMAIL: 1 } });
  });

  it('tokenize: 8 hex digits, the same for the same value and key only', async () => {
    const token = async (key: string, text: string) =>
      (await loadRedactor({ ...EVERYTHING, mode: 'tokenize', tokenKey: key })).redact(text).text;
    const first = await token('k1', `${EMAIL} and ${EMAIL}`);
    expect(first).toMatch(/^\[EMAIL:[0-9a-f]{8}\] and \[EMAIL:[0-9a-f]{8}\]$/);
    expect(first.slice(0, 16)).toBe(first.slice(-16));
    expect(await token('k1', EMAIL)).toBe(first.slice(0, 16));
    expect(await token('k2', EMAIL)).not.toBe(first.slice(0, 16));
    expect(await token('k1', 'other.person@acme.io')).not.toBe(first.slice(0, 16));
  });

  it('never shows any of a secret', async () => {
    const other = await loadRedactor({ ...EVERYTHING, mode: 'partial', partialShowChars: 8 });
    expect(other.redact(`k ${values[0]!.text}`).text).toBe('k [API_KEY]');
  });
});

describe('own patterns', () => {
  const custom = (over: Partial<CustomPattern>): CustomPattern => ({
    name: 'EMPLOYEE',
    pattern: 'EMP-\\d{6}',
    confidence: 0.9,
    mode: null,
    placeholder: null,
    ...over,
  });
  it('are found, and have their own mode and placeholder', async () => {
    const other = await loadRedactor({
      ...EVERYTHING,
      customPatterns: [
        custom({}),
        custom({ name: 'CASE', pattern: '(?i)case (\\d+)', placeholder: '<case>' }),
      ],
    });
    expect(other.redact('EMP-123456 in Case 77, EMP-1').text).toBe('[EMPLOYEE] in <case>, EMP-1');
  });
  it.each(['(', '(?=x)', '(a)\\1', 'a*', 'x{2000}'])(
    '%s is refused with what to do',
    async (pattern) => {
      const loading = loadRedactor({ ...EVERYTHING, customPatterns: [custom({ pattern })] });
      await expect(loading).rejects.toThrow(UserError);
    },
  );
});

describe('a text of nothing but assignments', () => {
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, n) => `token = some_plain_words_${n}x\n`).join('');

  it('is judged value by value as long as a real text could be one', () => {
    expect(redactor.redact(lines(90_000)).redactions).toEqual({});
  });

  it('loses rather too much than the recorder its time, beyond that', () => {
    const { text, redactions } = redactor.redact(lines(160_000));
    expect(redactions).toMatchObject({ SECRET: 50_000, UNSEARCHED: 1 });
    expect(text).toContain('some_plain_words_99999x');
    expect(text).not.toContain('some_plain_words_100000x');
  });
});

describe('redaction of any text', () => {
  it('leaves nothing to find, and leaves no planted value', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = redactor.redact(text).text;
        expect(redactor.redact(once).text).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  it('of JSON gives JSON with the same keys and numbers', () => {
    fc.assert(
      fc.property(fc.jsonValue(), texts, (value, text) => {
        const json = JSON.stringify({
          value,
          text,
          nested: [{ [text.slice(0, 5)]: text }, 4111111111111111],
        });
        const { bytes } = rewriteStrings(Buffer.from(json), (literal, key) =>
          rewriteLiteral(literal, (string) => redactor.redactValue(string, key)),
        );
        const after = JSON.parse(Buffer.from(bytes).toString());
        expect(shape(after)).toEqual(shape(JSON.parse(json)));
      }),
      { numRuns: 300 },
    );
  });

  it('live, in any pieces, says what the whole text says', () => {
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (text, sizes) => {
          const live = new LiveRedactor(redactor);
          let out = '';
          for (let at = 0, n = 0; at < text.length; n += 1) {
            const size = sizes[n % sizes.length] ?? 1;
            out += live.push(text.slice(at, at + size));
            at += size;
          }
          out += live.flush();
          const planted = values.filter((value) => text.includes(` ${value.text} `));
          expect(
            foundIn(out, planted).filter(
              (one) => !foundIn(redactor.redact(text).text, planted).includes(one),
            ),
          ).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });
});

function shape(value: unknown): unknown {
  if (typeof value === 'string') return 'text';
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([key, inner]) => [key, shape(inner)]);
}

describe('redactEventStream', () => {
  const words = {
    system: '',
    prompt: '',
    toolInput: '',
    toolResult: '',
    earlierThinking: '',
    thinking: 'no',
    callArguments: 'ls',
  };
  it('changes nothing where nothing is found, whatever the line ends', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const stream = sseText(
        TURNS['responses']!({ ...words, text: 'hello there' }, 2).events,
      ).replaceAll('\n', end);
      expect(redactEventStream(`: ping${end}${end}${stream}data: [DONE]`, redactor).text).toBe(
        `: ping${end}${end}${stream}data: [DONE]`,
      );
    }
  });
  it('keeps every event in its place', () => {
    const stream = sseText(TURNS['chat']!({ ...words, text: `write to ${EMAIL} today` }, 3).events);
    const { text } = redactEventStream(stream, redactor);
    const joined = (sse: string): string =>
      sse
        .split('\n')
        .filter((line) => line.startsWith('data: '))
        .map((line) => JSON.parse(line.slice(6)).choices[0].delta.content ?? '')
        .join('');
    expect(text.split('\n').length).toBe(stream.split('\n').length);
    expect(joined(text)).toBe('write to [EMAIL] today');
  });
});

describe('redactQuery', () => {
  it.each([
    ['/v1/x?mail=mary.major%40acme.io&a=%zz&b=1+2', '/v1/x?mail=[EMAIL]&a=%zz&b=1+2'],
    ['/v1/users/mary.major@acme.io/k', '/v1/users/[EMAIL]/k'],
    ['/v1/models?limit=10', '/v1/models?limit=10'],
  ])('%s', (target, wanted) => {
    expect(redactQuery(target, redactor).text).toBe(wanted);
  });
});
