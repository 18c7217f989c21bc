/**
 * Walks through session files without parsing what they say: which exchange each line speaks of, which
 * line is no line. Only the beginning of a line is looked at, so gigabytes take seconds. Never writes.
 */
import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { dateFolders } from '../jsonl/file-name.ts';
import { PACKED_SUFFIX, unpackFile } from '../jsonl/packed-file.ts';

export interface JsonlDay {
  /** YYYY-MM-DD, local. */
  readonly date: string;
  readonly files: number;
  /** Session id → ids of the exchanges whose requests stand in the day's files. */
  readonly requests: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files that end in half a line. */
  readonly torn: readonly string[];
  /** Lines that are not ours, or damaged. */
  readonly damaged: readonly DamagedLine[];
}

export interface DamagedLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** A session id of 255 characters, each escaped, and what stands before it. */
const HEAD_BYTES = 2048;
const BLOCK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
const HEAD =
  /^\{"type":"(\w+)","at":"[^"]*","session_id":("(?:[^"\\]|\\.)*")(?:,"exchange_id":"([^"]+)")?/;

/** The newest days first, at most `days` of them. */
export function* jsonlDays(directory: string, days: number): Generator<JsonlDay> {
  if (!existsSync(directory)) return;
  for (const date of dateFolders(directory).slice(0, days)) {
    yield readDay(directory, date);
  }
}

function readDay(directory: string, date: string): JsonlDay {
  const folder = join(directory, date);
  const names = readdirSync(folder).filter((name) => /^session_.*\.jsonl(\.zst)?$/.test(name));
  const requests = new Map<string, Set<string>>();
  const torn: string[] = [];
  const damaged: DamagedLine[] = [];
  for (const name of names) {
    const file = join(folder, name);
    for (const line of linesOf(file)) {
      if (!line.isWhole) torn.push(file);
      else if (!learn(line, requests)) damaged.push({ file, line: line.number });
    }
  }
  return { date, files: names.length, requests, torn, damaged };
}

/** False for what is no line of ours. */
function learn({ head, isObject }: Line, requests: Map<string, Set<string>>): boolean {
  const [, type, session = '', exchange] = HEAD.exec(head) ?? [];
  if (type === undefined || !isObject) return false;
  if (type !== 'request' || exchange === undefined) return true;
  const id = String(JSON.parse(session));
  requests.set(id, (requests.get(id) ?? new Set()).add(exchange));
  return true;
}

interface Line {
  /** From 1. */
  readonly number: number;
  readonly head: string;
  /** It ends in a closing brace. */
  readonly isObject: boolean;
  /** It ends in a newline. */
  readonly isWhole: boolean;
}

const CLOSING_BRACE = 0x7d;

function* linesOf(file: string): Generator<Line> {
  let number = 0;
  let head: Buffer = Buffer.alloc(0);
  let length = 0;
  let last = 0;
  const take = (bytes: Buffer): void => {
    if (head.length < HEAD_BYTES) {
      head = Buffer.concat([head, bytes.subarray(0, HEAD_BYTES - head.length)]);
    }
    length += bytes.length;
    last = bytes.at(-1) ?? last;
  };
  const end = (isWhole: boolean): Line => {
    number += 1;
    const line = { number, head: head.toString('utf8'), isObject: last === CLOSING_BRACE, isWhole };
    head = Buffer.alloc(0);
    length = 0;
    return line;
  };
  for (const block of blocksOf(file)) {
    let start = 0;
    for (let at = block.indexOf(NEWLINE); at >= 0; at = block.indexOf(NEWLINE, start)) {
      take(block.subarray(start, at));
      yield end(true);
      start = at + 1;
    }
    take(block.subarray(start));
  }
  if (length > 0) yield end(false);
}

function* blocksOf(file: string): Generator<Buffer> {
  if (file.endsWith(PACKED_SUFFIX)) {
    yield unpackFile(file);
    return;
  }
  const fd = openSync(file, 'r');
  try {
    for (;;) {
      const block = Buffer.alloc(BLOCK_BYTES);
      const read = readSync(fd, block, 0, block.length, null);
      if (read === 0) return;
      yield block.subarray(0, read);
    }
  } finally {
    closeSync(fd);
  }
}
