/**
 * Rebuilds a session's state from the files that earlier runs left, so that its history is not
 * written a second time after a restart. Reads a bounded amount, newest last; a line that cannot be
 * read, or belongs to another session, is passed over.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { chainOf, fingerprint, isObject, type JsonObject } from './conversation.ts';
import { dateFolders, sessionFileName } from './file-name.ts';
import { isLong } from './lines.ts';
import { PACKED_SUFFIX, readPacked } from './packed-file.ts';
import { SessionState } from './session-state.ts';

/** A conversation that rested longer is written anew: a file that stands on its own. */
const MAX_FOLDERS = 30;
const MAX_READ_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The state of a session; empty when there are no files of it. */
export function restoreSession(directory: string, sessionId: string): SessionState {
  const state = new SessionState();
  const chains = new Map<string, readonly string[]>();
  for (const bytes of readFiles(directory, sessionFileName(sessionId))) {
    for (const line of linesIn(bytes)) {
      if (line['session_id'] === sessionId) tryToLearn(line, state, chains);
    }
  }
  return state;
}

/** What is nested deep enough can be parsed, but has no fingerprint: it costs only itself. */
function tryToLearn(
  line: JsonObject,
  state: SessionState,
  chains: Map<string, readonly string[]>,
): void {
  try {
    learnLine(line, state, chains);
  } catch {
    // At worst what it says is written a second time.
  }
}

function learnLine(
  line: JsonObject,
  state: SessionState,
  chains: Map<string, readonly string[]>,
): void {
  const exchangeId = line['exchange_id'];
  if (typeof exchangeId !== 'string') return;
  if (line['type'] === 'tool_call') learnCall(line, state);
  if (line['type'] !== 'request') return;
  learnParams(line['params'], exchangeId, state);
  const { messages, messages_before: before, continues } = line;
  if (!Array.isArray(messages) || typeof before !== 'number') return;
  const shared =
    typeof continues === 'string' ? (chains.get(continues) ?? []).slice(0, before) : [];
  // The exchange it continues is not in what was read: its own messages have no known beginning.
  if (shared.length !== before) return;
  const added = chainOf(messages, shared.at(-1));
  chains.set(exchangeId, [...shared, ...added]);
  state.addConversation(added, exchangeId);
}

function learnParams(params: unknown, exchangeId: string, state: SessionState): void {
  if (!isObject(params)) return;
  for (const [name, value] of Object.entries(params)) {
    if (isLong(value)) state.addMember(fingerprint(name, value), exchangeId);
  }
}

function learnCall(line: JsonObject, state: SessionState): void {
  const { id, name, at } = line;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof at !== 'string') return;
  if ('result_bytes' in line) state.answerCall(id);
  else state.addCall(id, { name, askedAt: Date.parse(at) });
}

function* linesIn(bytes: Buffer): Generator<JsonObject> {
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = parseLine(bytes.toString('utf8', start, end));
    if (line !== null) yield line;
    start = end + 1;
  }
}

function parseLine(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The newest bytes of the session's files, oldest file first. */
function readFiles(directory: string, fileName: string): Buffer[] {
  if (!existsSync(directory)) return [];
  const found: Buffer[] = [];
  let budget = MAX_READ_BYTES;
  for (const folder of dateFolders(directory).slice(0, MAX_FOLDERS)) {
    const path = join(directory, folder, fileName);
    for (const bytes of [readTail(path, budget), readPackedTail(path + PACKED_SUFFIX, budget)]) {
      budget -= bytes.length;
      found.unshift(bytes);
    }
    if (budget <= 0) break;
  }
  return found;
}

/** Older than the plain file beside it, if there is one. Too much to hold: as if it were not there. */
function readPackedTail(path: string, max: number): Buffer {
  return existsSync(path)
    ? (readPacked(path, Math.max(1, max)) ?? Buffer.alloc(0))
    : Buffer.alloc(0);
}

function readTail(path: string, max: number): Buffer {
  if (!existsSync(path)) return Buffer.alloc(0);
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, max));
    const read = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    return bytes.subarray(0, read);
  } finally {
    closeSync(fd);
  }
}
