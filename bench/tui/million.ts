// A history of a million exchanges, and how long each view takes to open on it. The rows are written
// with SQL: what is measured is reading.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyLiveState } from '../../src/core/live-state.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import { Controller } from '../../src/tui/controller.ts';
import { fuzzySearch } from '../../src/tui/search/fuzzy-search.ts';
import { makeTheme } from '../../src/tui/theme.ts';
import { fillHistory } from '../history/fill.ts';

const SESSIONS = 20_000;

export interface Opened {
  readonly name: string;
  /** Milliseconds: the median of the openings. */
  readonly median: number;
}

const TYPED = [
  'parser',
  'migration datab',
  'autentication',
  'strem token',
  'middlware',
  'retry socket',
  'schema12',
  'number 777',
  'hedaer',
  'timeout',
];

export function measureMillion(count: number): { opened: Opened[]; search: number[] } {
  const folder = mkdtempSync(join(tmpdir(), 'lunaroute-million-'));
  const path = fillHistory(folder, { exchanges: count, sessions: SESSIONS }, Date.now());
  const history = openHistory(path);
  const controller = new Controller({
    history,
    isAttached: false,
    price: () => null,
    theme: makeTheme('dark'),
    now: Date.now,
    timers: {
      after: (_ms, run) => {
        const timer = setTimeout(run, 0);
        return () => clearTimeout(timer);
      },
    },
    drawGrid: (_columns, rows) => rows.map((row) => row.join(' ')),
    actions: {
      quit() {},
      copy: () => true,
      writeFile: async () => '',
      browse: async () => true,
      shell() {},
      pager() {},
      suspend() {},
      redraw() {},
      toggleMouse: () => true,
    },
    source: {
      facts: {
        version: '0',
        pid: 1,
        url: 'http://127.0.0.1:1',
        startedAt: 0,
        isRecording: true,
        exposure: null,
        uiUrl: null,
      },
      state: emptyLiveState,
      subscribe: () => () => undefined,
    },
  });
  controller.resize(120, 40);
  const press = (name: string, keys: readonly string[]): Opened => {
    const began = performance.now();
    for (const key of keys) controller.handle({ type: 'key', key });
    return { name, median: performance.now() - began };
  };
  const round = (): Opened[] => [
    press('live', ['1', 'f']),
    press('live, older page', ['g']),
    press('sessions', ['2']),
    press('session', ['enter']),
    press('exchange', ['enter']),
    press('stats (first paint)', ['6']),
  ];
  const rounds = Array.from({ length: 5 }, round);
  const opened = (rounds[0] ?? []).map(({ name }, index) => ({
    name,
    median: rounds.map((each) => each[index]?.median ?? 0).sort((a, b) => a - b)[2] ?? 0,
  }));
  const day = performance.now();
  history.activity(Date.now() - 86_400_000, Date.now());
  opened.push({ name: 'one day of stats', median: performance.now() - day });
  const search = TYPED.flatMap((typed) =>
    Array.from({ length: 5 }, (_, turn) => {
      const began = performance.now();
      fuzzySearch(history, turn % 2 === 0 ? typed : typed.slice(0, -1));
      return performance.now() - began;
    }),
  );
  controller.close();
  history.close();
  rmSync(folder, { recursive: true, force: true });
  return { opened, search };
}
