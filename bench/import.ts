// `npm run bench:import`: 1,000 transcripts in the format of Claude Code 2.1.330, made of its own lines
// (test/fixtures/transcripts) and of this project's sources as what was said, imported with redaction as it
// is configured by default (issue 8: 20 MB/s of the files; a second run adds nothing).
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRedactor } from '../src/redact/redactor.ts';
import { ExchangeRedaction } from '../src/store/redaction/exchange-redaction.ts';
import { fixture, importInto } from '../test/helpers/imports.ts';

const FILES = 1_000;
const TURNS = 20;
const RESULT_CHARACTERS = 2_500;
const TEXT_CHARACTERS = 500;

const files = globSync(['src/**/*.ts', 'test/**/*.ts', 'docs/*.md']);
const corpus = files.map((file) => readFileSync(file, 'utf8')).join('\n');
const lines = fixture('claude-2.1.330.jsonl').map((line) => JSON.parse(line));
const first = lines.findIndex(({ type }) => type === 'assistant');
const head = lines.slice(0, first);
// An answer of three lines, its tool's result, and what the client notes before the next request.
const turn = lines.slice(
  first,
  lines.findIndex(({ type }, at) => type === 'assistant' && at > first + 2),
);

let taken = 0;
/** Text that comes again only after the whole corpus, and then with another number in front. */
function words(length: number): string {
  taken += length;
  const at = taken % (corpus.length - length);
  return `${taken} ${corpus.slice(at, at + length)}`;
}

/** A line as the client would write it: ids of its own, and new text where somebody speaks. */
function rewritten(
  line: Record<string, unknown>,
  ids: { session: string; turn: string; parent: string; uuid: string },
): string {
  const text = JSON.stringify(line)
    .replaceAll('beed9511-8771-4495-a445-8e7e1ef714e3', ids.session)
    .replaceAll(/(msg|toolu|req)_[0-9a-f]{24}/g, (_, kind) => `${kind}_${ids.turn}`);
  const made = JSON.parse(text);
  if (made.uuid === undefined) return text;
  const content = made.message?.content;
  for (const block of Array.isArray(content) ? content : []) {
    if (block.type === 'text') block.text = words(TEXT_CHARACTERS);
    if (block.type === 'tool_result') {
      block.content = words(RESULT_CHARACTERS);
      made.toolUseResult.stdout = block.content;
    }
  }
  return JSON.stringify({
    ...made,
    uuid: ids.uuid,
    parentUuid: ids.parent === '' ? null : ids.parent,
  });
}

function transcript(number: number): string {
  const session = `beed9511-8771-4495-a445-${String(number).padStart(12, '0')}`;
  let parent = '';
  let count = 0;
  const write = (line: Record<string, unknown>, name: string): string => {
    count += 1;
    const uuid = `${session}-${count}`;
    const text = rewritten(line, { session, turn: name, parent, uuid });
    if ('uuid' in line) parent = uuid;
    return text;
  };
  const all = head.map((line) => write(line, 'head'));
  for (let index = 0; index < TURNS; index += 1) {
    const name = `${String(number).padStart(12, '0')}${String(index).padStart(12, '0')}`;
    all.push(...turn.map((line) => write(line, name)));
  }
  return `${all.join('\n')}\n`;
}

const root = mkdtempSync(join(tmpdir(), 'lunaroute-bench-import-'));
try {
  const folder = join(root, 'projects/-home-lab-project');
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (let number = 0; number < FILES; number += 1) {
    const file = join(folder, `${number}.jsonl`);
    writeFileSync(file, transcript(number));
    utimesSync(file, 1_790_000_000, 1_790_000_000);
    bytes += statSync(file).size;
  }
  const redactor = await loadRedactor({
    secrets: true,
    personal: [],
    minConfidence: 0.7,
    mode: 'mask',
    partialShowChars: 4,
    customPatterns: [],
    tokenKey: 'bench',
  });
  const database = join(root, 'sessions.db');
  const run = async () => {
    const [at, cpu] = [performance.now(), process.cpuUsage()];
    const result = await importInto(database, 'claude', root, {
      redaction: new ExchangeRedaction(redactor),
    });
    const { user, system } = process.cpuUsage(cpu);
    return {
      ...result,
      seconds: (performance.now() - at) / 1000,
      cpuSeconds: (user + system) / 1e6,
    };
  };
  const once = await run();
  const again = await run();
  const rate = (seconds: number): number => Math.round(bytes / 1e5 / seconds) / 10;
  const figures = {
    files: FILES,
    megabytes: Math.round(bytes / 1e6),
    exchanges: once.imported,
    mbPerSecond: rate(once.seconds),
    mbPerCpuSecond: rate(once.cpuSeconds),
    secondRun: {
      imported: again.imported,
      unchanged: again.unchanged,
      seconds: Math.round(again.seconds * 100) / 100,
    },
    databaseMegabytes: Math.round(statSync(database).size / 1e6),
  };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
