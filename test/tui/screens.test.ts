// Every view at 80×24 and 200×60, empty, with one session and with 10,000: kept as text, to be looked
// at when they change.
import '../helpers/ink-shim.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { emptyLiveState } from '../../src/core/live-state.ts';
import type { History } from '../../src/core/ports.ts';
import { displayWidth } from '../../src/core/width.ts';
import { openDatabase } from '../../src/store/database.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import { SqliteSink } from '../../src/store/sqlite-sink.ts';
import type { DrawGrid } from '../../src/tui/views/view.ts';
import { NOW, recordSessions } from '../helpers/screen-history.ts';
import { makeController, type TestScreen } from '../helpers/test-screen.ts';

const COUNTS = [0, 1, 10_000] as const;
const folder = mkdtempSync(join(tmpdir(), 'lunaroute-screens-'));
let drawGrid: DrawGrid;
let open: { screen: TestScreen; history: History }[] = [];

const pathOf = (sessions: number): string => join(folder, `${sessions}.db`);

beforeAll(async () => {
  vi.stubEnv('TZ', 'UTC');
  drawGrid = (await import('../../src/tui/ink-table.tsx')).drawInkTable;
  for (const count of COUNTS) {
    openDatabase(pathOf(count)).database.close();
    const sink = new SqliteSink({
      path: pathOf(count),
      instanceId: 'test',
      onNotice: () => {},
      now: () => NOW,
    });
    recordSessions(sink, count);
    sink.close();
  }
}, 180_000);

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(() => {
  for (const { screen, history } of open) {
    screen.controller.close();
    history.close();
  }
  open = [];
});

function screenOver(sessions: number): TestScreen {
  const history = openHistory(pathOf(sessions));
  const screen = makeController({ history, drawGrid, now: NOW, state: emptyLiveState() });
  open.push({ screen, history });
  return screen;
}

const VIEWS: readonly (readonly [string, readonly string[]])[] = [
  ['live', ['1']],
  ['sessions', ['2']],
  ['session timeline', ['2', 'enter']],
  ['session tokens', ['2', 'enter', 'l']],
  ['session cache', ['2', 'enter', 'l']],
  ['session tools', ['2', 'enter', 'l']],
  ['exchange conversation', ['1', 'enter']],
  ['exchange diff', ['1', 'enter', 'd']],
  ['exchange request', ['1', 'enter', 'l']],
  ['exchange headers', ['1', 'enter', 'l', 'l']],
  ['exchange timing', ['1', 'enter', 'l']],
  ['search', ['5', ...'migraton', 'enter']],
  ['stats', ['6', 'l']],
  ['help', ['?']],
  ['palette', [':', ...'sea']],
];

describe.each([
  [80, 24],
  [200, 60],
] as const)('%dx%d', (columns, rows) => {
  test.each(COUNTS)('%d sessions', async (count) => {
    const screen = screenOver(count);
    const frames: string[] = [];
    for (const [name, keys] of VIEWS) {
      screen.controller.resize(columns, rows);
      screen.press('esc', 'esc', 'esc', ...keys);
      screen.runTimers();
      const lines = screen.lines();
      expect(lines).toHaveLength(rows);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      frames.push(`──── ${name}`, ...lines.map((line) => line.trimEnd()));
      screen.press('esc');
    }
    await expect(`${frames.join('\n')}\n`).toMatchFileSnapshot(
      `__screens__/${columns}x${rows}-${count}.txt`,
    );
  });
});
