/** Laws that every dialect keeps. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Part } from '../../src/core/conversation.ts';
import { codecFor } from '../../src/dialects/registry.ts';
import { assemble, assembleText, cutAt, sse } from './assemble.ts';
import { ANSWER_WORDS, WIRE_ANSWERS } from './wire.ts';

const NEWLINES = [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const;

describe.each(WIRE_ANSWERS)('$dialect', ({ dialect, events, json, parts, usage }) => {
  const codec = codecFor(dialect);
  const whole = assembleText(dialect, sse(events));

  test('a streamed answer is put together whole', () => {
    expect(codec.dialect).toBe(dialect);
    expect(whole.view.parts).toEqual(parts);
    expect(whole.view.usage).toEqual(usage);
    expect(whole.view).toMatchObject({ error: null, isComplete: true });
  });

  test('the same answer as JSON gives the same view', () => {
    expect(codec.parseResponse(json)).toEqual(whole.view);
  });

  test('the deltas add up to what was said', () => {
    const said = (kind: string) =>
      whole.deltas.flatMap((delta) => (delta.kind === kind ? delta.text : [])).join('');
    expect(said('text')).toBe(ANSWER_WORDS);
    expect(said('thinking')).toBe('Let me thïnk…');
    expect(said('tool-call').replaceAll(' ', '')).toMatch(/^Bash\{"command":"ls-l","n":10\}Now/);
  });

  test.each(NEWLINES)('any split of the bytes gives the same view (%s)', (_, newline) => {
    const bytes = new TextEncoder().encode(sse(events, newline));
    expect(
      assemble(
        dialect,
        [...bytes].map((byte) => Uint8Array.of(byte)),
      ),
    ).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (offsets) => {
        expect(assemble(dialect, cutAt(bytes, offsets))).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });

  test('a stream cut anywhere gives a beginning of the answer and does not claim to be whole', () => {
    for (let kept = 0; kept < events.length - 1; kept += 1) {
      const { view } = assembleText(dialect, sse(events.slice(0, kept)));
      // The chat stream has said all once its only choice has finished.
      if (dialect !== 'openai-chat' || kept < events.length - 2)
        expect(view.isComplete).toBe(false);
      expect(view.parts.length).toBeLessThanOrEqual(parts.length);
      for (const [index, part] of view.parts.entries()) {
        expect(part.type).toBe(parts[index]?.type);
        expect(words(parts[index]).startsWith(words(part))).toBe(true);
      }
    }
  });

  test('no JSON and no text makes it throw', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (value, name) => {
        codec.parseRequest(value);
        codec.parseMessage(value);
        codec.parseResponse(value);
        const assembler = codec.makeAssembler();
        assembler.push(name, JSON.stringify(value) ?? name);
        assembler.view();
      }),
      { numRuns: 300 },
    );
  });

  test('a wire event with any one value replaced by junk does not make it throw', () => {
    const junk = fc.oneof(fc.jsonValue(), fc.constantFrom(null, -1, 1e300, '', '\ud800', [], {}));
    fc.assert(
      fc.property(fc.nat(events.length - 1), fc.nat(), junk, (at, seed, value) => {
        const assembler = codec.makeAssembler();
        for (const [index, [name, data]] of events.entries()) {
          const sent = index === at ? replaceOne(data, seed, value) : data;
          assembler.push(name, typeof sent === 'string' ? sent : JSON.stringify(sent));
          assembler.view();
        }
      }),
      { numRuns: 200 },
    );
  });

  test('prototype keys are data like any other', () => {
    const evil =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"type":"__proto__",' +
      '"usage":{"__proto__":{"polluted":1},"input_tokens":3},"delta":{"type":"constructor"},' +
      '"messages":[{"role":"__proto__","content":[{"type":"__proto__"}]}],' +
      '"input":[{"type":"toString","role":"constructor"}]}';
    const assembler = codec.makeAssembler();
    for (const name of ['message_delta', 'constructor.delta', '__proto__', 'response.completed']) {
      assembler.push(name, evil);
    }
    assembler.view();
    codec.parseRequest(JSON.parse(evil));
    codec.parseResponse(JSON.parse(evil));
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect('polluted' in {}).toBe(false);
  });

  test('nesting of 100,000 levels is harmless', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const body = JSON.parse(
      `{"content":${deep},"output":${deep},"usage":${deep},"tools":${deep},"system":${deep},` +
        `"input":${deep},"messages":[{"role":"user","content":${deep}}],` +
        `"choices":[{"message":{"tool_calls":[{"function":{"arguments":${deep}}}]}}]}`,
    );
    codec.parseRequest(body);
    const { providerUsage, usage: none } = codec.parseResponse(body);
    expect([providerUsage, none]).toEqual([null, null]);
  });

  test('lone surrogates and NUL stay what they are', () => {
    const text = 'a\ud800b\u0000c';
    const replaced = JSON.parse(
      JSON.stringify(json).replaceAll(JSON.stringify(ANSWER_WORDS), JSON.stringify(text)),
    );
    expect(codec.parseResponse(replaced).parts).toContainEqual({ type: 'text', text });
  });

  test('usage counts that are no counts are ignored', () => {
    const text = JSON.stringify(json)
      .replace(/"(input_tokens|prompt_tokens)":\d+/, '"$1":1e400')
      .replace(/"(output_tokens|completion_tokens)":\d+/, '"$1":"many"');
    const view = codec.parseResponse(JSON.parse(text));
    const { input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = view.usage ?? usage;
    expect(cacheRead + cacheWrite5m + cacheWrite1h).toBeLessThanOrEqual(input);
    expect(reasoning).toBeLessThanOrEqual(output);
  });
});

/** What a part says, without white space: a call that was cut is not yet compacted. */
function words(part: Part | undefined): string {
  if (part === undefined) return '';
  if (part.type === 'tool-call') return part.arguments.replaceAll(/\s/g, '');
  return part.type === 'media' ? part.label : part.text;
}

/** A copy with the `seed`-th value of the tree replaced. */
function replaceOne(data: unknown, seed: number, value: unknown): unknown {
  const paths: string[] = [];
  JSON.stringify(data, (key, inner: unknown) => {
    paths.push(key);
    return inner;
  });
  const target = seed % Math.max(paths.length, 1);
  let seen = -1;
  return JSON.parse(
    JSON.stringify(data, (_key, inner: unknown) => {
      seen += 1;
      return seen === target ? value : inner;
    }) ?? 'null',
  );
}
