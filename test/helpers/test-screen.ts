// The screen without a terminal: its controller with a clock and timers that the test moves.

import type { Pricer } from '../../src/core/cost.ts';
import type { FlowEvent, UnnumberedEvent } from '../../src/core/events.ts';
import type { LiveUpdate } from '../../src/core/live-source.ts';
import { emptyLiveState, type LiveState, reduceLiveState } from '../../src/core/live-state.ts';
import type { History } from '../../src/core/ports.ts';
import { Controller } from '../../src/tui/controller.ts';
import { makeTheme, type ThemeName } from '../../src/tui/theme.ts';
import type { DrawGrid } from '../../src/tui/views/view.ts';

export interface TestScreen {
  readonly controller: Controller;
  /** What the screen asked the world to do, in order. */
  readonly did: string[];
  press(...keys: readonly string[]): void;
  lines(): readonly string[];
  publish(...events: readonly UnnumberedEvent[]): void;
  lose(): void;
  advance(ms: number): void;
  /** Runs everything that waits, and what that lets wait. */
  runTimers(): void;
}

export interface TestScreenOptions {
  readonly history: History | null;
  readonly drawGrid?: DrawGrid;
  readonly price?: Pricer;
  readonly now?: number;
  readonly state?: LiveState;
  readonly theme?: ThemeName;
  readonly isAttached?: boolean;
  readonly exposure?: string;
  readonly uiUrl?: string | null;
  readonly hasBrowser?: boolean;
}

const MAX_ROUNDS = 200;

export function makeController(options: TestScreenOptions): TestScreen {
  let now = options.now ?? 1_790_000_000_000;
  let state = options.state ?? emptyLiveState();
  let listener: (update: LiveUpdate) => void = () => {};
  let waiting: (() => void)[] = [];
  const did: string[] = [];
  const controller = new Controller({
    history: options.history,
    isAttached: options.isAttached ?? false,
    theme: makeTheme(options.theme ?? 'none'),
    drawGrid:
      options.drawGrid ?? ((columns, rows) => [columns, ...rows].map((row) => row.join(' | '))),
    now: () => now,
    price: options.price ?? (() => null),
    timers: {
      after: (_ms, run) => {
        waiting.push(run);
        return () => {
          waiting = waiting.filter((other) => other !== run);
        };
      },
    },
    actions: {
      quit: (how) => void did.push(`quit ${how}`),
      copy: (text) => {
        did.push(`copy ${text}`);
        return text.length < 1000;
      },
      writeFile: async (name, chunks) => {
        did.push(`write ${name} ${[...chunks].join('')}`);
        return `/tmp/${name}`;
      },
      browse: async (url) => {
        did.push(`browse ${url}`);
        return options.hasBrowser ?? true;
      },
      shell: () => void did.push('shell'),
      pager: (text) => void did.push(`pager ${text}`),
      suspend: () => void did.push('suspend'),
      redraw: () => void did.push('redraw'),
      toggleMouse: () => false,
    },
    source: {
      facts: {
        version: '1.2.3',
        pid: 4711,
        url: 'http://127.0.0.1:8081',
        startedAt: 0,
        isRecording: true,
        exposure: options.exposure ?? null,
        uiUrl: options.uiUrl === undefined ? 'http://127.0.0.1:8082' : options.uiUrl,
      },
      state: () => state,
      subscribe: (added) => {
        listener = added;
        return () => {
          listener = () => {};
        };
      },
    },
  });
  controller.resize(120, 40);
  const runTimers = (): void => {
    for (let round = 0; waiting.length > 0 && round < MAX_ROUNDS; round += 1) {
      const due = waiting;
      waiting = [];
      for (const run of due) run();
    }
  };
  return {
    controller,
    did,
    press: (...keys) => {
      for (const key of keys) controller.handle({ type: 'key', key });
    },
    lines: () => controller.frame().lines,
    publish: (...events) => {
      for (const event of events) {
        const numbered: FlowEvent = { ...event, seq: state.seq + 1 };
        state = reduceLiveState(state, numbered);
        listener({ type: 'event', event: numbered });
      }
      controller.resize(120, 40);
    },
    lose: () => {
      listener({ type: 'lost', reason: 'gone' });
      controller.resize(120, 40);
    },
    advance: (ms) => {
      now += ms;
    },
    runTimers,
  };
}
