// Writes the history through the store's own sink, session by session, and goes on where it stopped:
// `state.json` beside the database says how far it is. So it can be built in portions.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteSink } from '../../src/store/sqlite-sink.ts';
import { makeSession } from './agents.ts';
import { Corpus } from './corpus.ts';

export interface HistoryState {
  readonly sessions: number;
  readonly exchanges: number;
  readonly distinctBytes: number;
  /** Epoch milliseconds: when the newest session began. */
  readonly endsAt: number;
}

export interface HistorySize {
  readonly sessions: number;
  /** Of these, how many are to be built. */
  readonly until: number;
  readonly days: number;
}

const PER_TRANSACTION = 30;
const DAY_MS = 86_400_000;

export function databaseOf(folder: string): string {
  return join(folder, 'sessions.db');
}

/** Builds for at most `seconds`; returns how far it is. */
export function build(folder: string, size: HistorySize, seconds: number): HistoryState {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'state.json');
  let state: HistoryState = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { sessions: 0, exchanges: 0, distinctBytes: 0, endsAt: Date.now() };
  const corpus = new Corpus(1);
  const sink = new SqliteSink({
    path: databaseOf(folder),
    instanceId: 'history',
    onNotice: console.error,
  });
  const until = performance.now() + seconds * 1000;
  const step = (size.days * DAY_MS) / size.sessions;
  while (state.sessions < size.until && performance.now() < until) {
    let { sessions, exchanges, distinctBytes } = state;
    const items = [];
    for (let count = 0; count < PER_TRANSACTION && sessions < size.until; count += 1) {
      const made = makeSession(corpus, sessions, state.endsAt - (size.sessions - sessions) * step);
      items.push(...made.items);
      sessions += 1;
      exchanges += made.items.length / 2;
      distinctBytes += made.distinctBytes;
    }
    sink.write(items);
    state = { ...state, sessions, exchanges, distinctBytes };
    writeFileSync(file, JSON.stringify(state));
  }
  sink.close();
  return state;
}
