// Bytes made to break a reader: JSON, event streams, headers and ids, as arbitraries of fast-check.
import fc from 'fast-check';

/** Keys that reach into JavaScript's own objects. */
const BAD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  '',
];
/** Texts of JSON values. */
const BAD_VALUES = [
  '1e400',
  '-1e400',
  '123456789012345678901234567890',
  '-0',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\u0000"',
  '"\\u001b]52;c;x\\u0007"',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '[[[[[[[[]]]]]]]]',
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '"../../../etc/passwd"',
  '"\u202e\u0085\ufeff"',
  '{"a":1,"a":2}',
  'NaN',
  "'x'",
  '"unfinished',
  '{"a":',
  '1.2.3',
  '\ufeff{}',
  '//',
];

/** Ids that would be paths, commands or patterns. */
export const BAD_IDS: readonly string[] = [
  '../../x',
  '..',
  '.',
  '/etc/passwd',
  'a/b/c',
  'a\\b',
  '..\\..\\x',
  '%2e%2e%2f',
  'CON',
  'NUL.txt',
  '~',
  '-rf',
  '$(id)',
  '`id`',
  ';rm -rf x',
  '*',
  '|cat',
  "'; DROP TABLE sessions; --",
  'x'.repeat(255),
  'x'.repeat(10_000),
  ' lead and trail ',
  '__proto__',
  'other',
  'last',
  '\u202eabc',
  'é'.repeat(100),
];

const badKey = fc.constantFrom(...BAD_KEYS);
const deep = fc
  .tuple(fc.constantFrom('[', '{"a":', '[{"content":[', '{"__proto__":'), fc.nat({ max: 3000 }))
  .map(([open, depth]) => open.repeat(depth + 1));
const closed = fc.nat({ max: 3000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`);

/** The text of a value, valid or not. */
export const value: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...BAD_VALUES) },
  { weight: 3, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: closed },
  { weight: 2, arbitrary: fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)) },
);

/** The text of an object with these members, some of them hostile, some hostile ones beside. */
function object(names: readonly string[], good: (name: string) => fc.Arbitrary<string>) {
  const member = (name: string): fc.Arbitrary<string> =>
    fc
      .oneof({ weight: 3, arbitrary: good(name) }, { weight: 1, arbitrary: value })
      .map((text) => `${JSON.stringify(name)}:${text}`);
  const extra = fc.tuple(badKey, value).map(([key, text]) => `${JSON.stringify(key)}:${text}`);
  return fc
    .tuple(fc.tuple(...names.map(member)), fc.array(extra, { maxLength: 2 }))
    .map(([members, extras]) => `{${[...members, ...extras].join(',')}}`);
}

const text = fc.oneof(
  fc.string().map((one) => JSON.stringify(one)),
  fc.constantFrom(...BAD_IDS).map((id) => JSON.stringify(id)),
);

const REQUEST_MEMBERS: Readonly<Record<string, string>> = {
  model: '"claude-opus-5-5"',
  messages: '[{"role":"user","content":[{"type":"text","text":"hello"}]}]',
  system: '[{"type":"text","text":"be good"}]',
  tools: '[{"name":"Bash","input_schema":{"type":"object"}}]',
  metadata: '{"user_id":"{\\"session_id\\":\\"../../x\\"}"}',
  stream: 'true',
  max_tokens: '100',
};

const block = object(['type', 'text', 'id', 'name', 'input', 'tool_use_id'], (name) =>
  name === 'type' ? fc.constantFrom('"text"', '"tool_use"', '"tool_result"', '"thinking"') : text,
);
const contents = fc.oneof(
  text,
  fc.array(block, { maxLength: 3 }).map((all) => `[${all.join(',')}]`),
);

const message = object(['role', 'content'], (name) =>
  name === 'role' ? fc.constantFrom('"user"', '"assistant"', '"tool"') : contents,
);
const request = object(Object.keys(REQUEST_MEMBERS), (name) =>
  name === 'messages'
    ? fc.array(message, { maxLength: 4 }).map((all) => `[${all.join(',')}]`)
    : fc.constant(REQUEST_MEMBERS[name] ?? 'null'),
);

/** A byte here and there is another, is missing, or is one too many; or the end is missing. */
export function damaged(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const blow = fc.tuple(
    fc.nat(),
    fc.nat({ max: 255 }),
    fc.constantFrom('set', 'cut', 'add', 'end'),
  );
  return fc
    .tuple(bytes, fc.array(blow, { maxLength: 3 }))
    .map(([whole, blows]) =>
      blows.reduce((now, [at, byte, kind]) => strike(now, { at, byte, kind }), whole),
    );
}

function strike(bytes: Buffer, blow: { at: number; byte: number; kind: string }): Buffer {
  if (bytes.length === 0) return bytes;
  const at = blow.at % bytes.length;
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
  if (blow.kind === 'end') return head;
  if (blow.kind === 'cut') return Buffer.concat([head, tail]);
  const rest = blow.kind === 'add' ? bytes.subarray(at) : tail;
  return Buffer.concat([head, Buffer.from([blow.byte]), rest]);
}

/** A request's body: JSON of Anthropic's form with hostile places, sometimes damaged, never empty. */
export const requestBody: fc.Arbitrary<Buffer> = fc
  .oneof(
    { weight: 3, arbitrary: request.map((one) => Buffer.from(one)) },
    { weight: 2, arbitrary: damaged(request.map((one) => Buffer.from(one))) },
    { weight: 1, arbitrary: value.map((one) => Buffer.from(one)) },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((all) => Buffer.from(all)),
    },
  )
  .filter((bytes) => bytes.length > 0);

const EVENT_TYPES = [
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'ping',
  'no_such_event',
  '__proto__',
  '',
];
const EVENT_MEMBERS: Readonly<Record<string, string>> = {
  index: '0',
  message: '{"id":"msg_1","model":"claude-opus-5-5","content":[],"usage":{"input_tokens":1}}',
  content_block: '{"type":"text","text":""}',
  delta: '{"type":"text_delta","text":"hi"}',
};

const event = fc
  .tuple(
    fc.constantFrom(...EVENT_TYPES),
    object(Object.keys(EVENT_MEMBERS), (name) => fc.constant(EVENT_MEMBERS[name] ?? 'null')),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([type, data, end]) => {
    const body = `{"type":${JSON.stringify(type)},${data.slice(1)}`;
    return `event: ${type}${end}data: ${body.replaceAll(/[\r\n]/g, ' ')}${end}${end}`;
  });
const oddLine = fc.constantFrom(
  ':\n',
  'data\n\n',
  'data:\n\n',
  'retry: -1\n',
  'id: \0\n',
  '\ufeffdata: x\n\n',
  'data: [DONE]\n\n',
  `data: ${'x'.repeat(70_000)}\n\n`,
  ': \xff\xfe\n',
  'event: a\nevent: b\ndata: {\ndata: }\n\n',
);

/** An event stream of Anthropic's that never comes to its last event. */
export const eventStream: fc.Arbitrary<Buffer> = damaged(
  fc
    .array(fc.oneof({ weight: 4, arbitrary: event }, { weight: 1, arbitrary: oddLine }), {
      minLength: 1,
      maxLength: 8,
    })
    .map((all) => Buffer.from(all.join(''))),
);

const NAMES = [
  'x-claude-code-session-id',
  'session_id',
  'x-session-id',
  'user-agent',
  'x-claude-code-agent-id',
  'anthropic-beta',
  'content-type',
  'x-__proto__',
  'constructor',
  'x-request-id',
];
const headerText = fc.oneof(
  fc.constantFrom(...BAD_IDS).map((id) => Buffer.from(id).toString('latin1')),
  fc
    .array(
      fc.integer({ min: 0x21, max: 0xff }).filter((byte) => byte !== 0x7f),
      { maxLength: 60 },
    )
    .map((bytes) => Buffer.from(bytes).toString('latin1')),
);

/** Flat name, value list: within the 64 kB of a head, every value valid, none with blanks at its ends. */
export const headers: fc.Arbitrary<string[]> = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), headerText), { maxLength: 6 })
  .map((all) => all.flatMap(([name, one]) => [name, one.trim()]))
  .filter((all) => all.join('').length < 50_000);
