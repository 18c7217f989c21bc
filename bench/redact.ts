// `npm run bench:redact`: how fast redaction with everything on looks at new text, and what a history
// that is sent again costs, and what 10 MB made to hold it up take (issue 6: 2 s at most). The text is
// this project's own sources, tests and lock file.
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { loadRedactor } from '../src/redact/redactor.ts';
import { BodyRedactor } from '../src/store/redaction/body-redactor.ts';
import { grown, SEEDS } from '../test/helpers/hostile-text.ts';

const TARGET_BYTES = 24_000_000;
const MESSAGE_BYTES = 8_000;
const TURNS = 60;

const redactor = await loadRedactor({
  secrets: true,
  personal: ['EMAIL', 'PHONE', 'SSN', 'CREDIT_CARD', 'IP_ADDRESS'],
  minConfidence: 0.7,
  mode: 'tokenize',
  partialShowChars: 4,
  customPatterns: [],
  tokenKey: 'bench',
});

const files = globSync(['src/**/*.ts', 'test/**/*.ts', 'docs/*.md', 'package-lock.json']);
const corpus = files.map((file) => readFileSync(file, 'utf8')).join('\n');
const text = corpus.repeat(Math.ceil(TARGET_BYTES / corpus.length)).slice(0, TARGET_BYTES);
const messages = Array.from({ length: Math.floor(text.length / MESSAGE_BYTES) }, (_, n) => ({
  role: n % 2 === 0 ? 'user' : 'assistant',
  // A number in front, so that no message is like another.
  content: [
    { type: 'text', text: `${n}\n${text.slice(n * MESSAGE_BYTES, (n + 1) * MESSAGE_BYTES)}` },
  ],
}));

/** Processor time of this thread: what else runs on the machine does not count. */
function measure(bytes: number, work: () => void): { mbPerSecond: number; ms: number } {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  const ms = (user + system) / 1000;
  return { mbPerSecond: Math.round((bytes / 1000 / ms) * 10) / 10, ms: Math.round(ms) };
}

// Warm: the recorder is a long-lived thread.
redactor.redact(text.slice(0, 2_000_000));
const pieces = messages.map(({ content }) => content[0]?.text ?? '');
const plain = measure(text.length, () => {
  for (const piece of pieces) redactor.redact(piece);
});

const body = (count: number): Buffer =>
  Buffer.from(JSON.stringify({ model: 'bench', messages: messages.slice(0, count) }));
const whole = body(messages.length);
const bodies = new BodyRedactor(redactor);
const fresh = measure(whole.length, () => bodies.redact(whole, 'json', false));
const again = measure(whole.length, () => bodies.redact(whole, 'json', false));
const hashing = measure(whole.length, () => createHash('sha256').update(whole).digest());

// An agent loop: every turn sends everything before it and two messages more.
const loop = new BodyRedactor(redactor);
const turns = Array.from({ length: TURNS }, (_, turn) => body(2 * (turn + 1)));
const sent = turns.reduce((sum, turn) => sum + turn.length, 0);
const agent = measure(sent, () => {
  for (const turn of turns) loop.redact(turn, 'json', false);
});

const rows = {
  'new text': plain,
  'new JSON body of 24 MB': fresh,
  'the same body again': again,
  'sha256 of that body, to compare': hashing,
  [`agent loop, ${TURNS} turns, ${(sent / 1e6).toFixed(0)} MB sent`]: agent,
};
const hostile = SEEDS.map((seed) => {
  const hostileText = grown(seed);
  return { seed, ...measure(hostileText.length, () => redactor.redact(hostileText)) };
}).toSorted((a, b) => b.ms - a.ms);

console.table(rows);
console.log('10 MB of hostile text, the five slowest (at most 2,000 ms):');
console.table(hostile.slice(0, 5));
if (process.argv.includes('--json')) console.log(JSON.stringify({ ...rows, hostile }));
