/**
 * Requests that grow as a coding agent's do: the whole history again with every turn, random tool ids,
 * half of the tool results prose and code, half hard to compress, the cache_control marker moving to
 * the last message. 100 turns are about 40 MB.
 */
import { createHash } from 'node:crypto';

const WORDS =
  `the a of to in is this that parser file function return error test value import from const
request response stream token session history segment buffer index window option header client server
const readFile = async ( path ) => { if ( !found ) throw new Error ; } [ ] await Promise.all map filter`
    .split(/\s+/)
    .concat(
      Array.from(
        { length: 2_000 },
        (_, index) => `w${((index * 2654435761) % 46_656).toString(36)}`,
      ),
    );

interface Random {
  integer(below: number): number;
  base64(length: number): string;
}

/** Repeatable: the same requests in every run. */
function makeRandom(seed: number): Random {
  let state = seed;
  let counter = 0;
  return {
    integer(below) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    },
    base64(length) {
      let text = '';
      while (text.length < length) {
        counter += 1;
        text += createHash('sha512').update(`${seed}:${counter}`).digest('base64').slice(0, 86);
      }
      return text.slice(0, length);
    },
  };
}

/** Common words are common: the square of an even number prefers the first ones. */
function prose(random: Random, length: number): string {
  const pieces: string[] = [];
  let size = 0;
  while (size < length) {
    const even = random.integer(1_000) / 1_000;
    const word = WORDS[Math.floor(even * even * WORDS.length)] ?? '';
    pieces.push(word);
    size += word.length + 1;
  }
  return pieces.join(' ').slice(0, length);
}

export function* growingRequests(turns: number, resultBytes = 7_000): Generator<Buffer> {
  const random = makeRandom(42);
  const settings = {
    model: 'claude-opus-5-5',
    max_tokens: 32_000,
    stream: true,
    thinking: { type: 'adaptive' },
    metadata: { user_id: JSON.stringify({ device_id: random.base64(64), session_id: 's' }) },
    system: [{ type: 'text', text: prose(random, 12_000), cache_control: { type: 'ephemeral' } }],
    tools: Array.from({ length: 12 }, (_, index) => ({
      name: `Tool${index}`,
      description: prose(random, 2_000),
      input_schema: { type: 'object', properties: { path: { type: 'string' } } },
    })),
  };
  const messages: object[] = [{ role: 'user', content: prose(random, 300) }];
  for (let turn = 0; turn < turns; turn += 1) {
    const id = `toolu_${random.base64(24)}`;
    messages.push({
      role: 'assistant',
      content: [
        { type: 'text', text: prose(random, 200) },
        { type: 'tool_use', id, name: 'Bash', input: { command: prose(random, 120) } },
      ],
    });
    const content = turn % 2 === 0 ? prose(random, resultBytes) : random.base64(resultBytes);
    const result = { type: 'tool_result', tool_use_id: id, content };
    const marked = { role: 'user', content: [{ ...result, cache_control: { type: 'ephemeral' } }] };
    yield Buffer.from(JSON.stringify({ ...settings, messages: [...messages, marked] }));
    messages.push({ role: 'user', content: [result] });
  }
}
