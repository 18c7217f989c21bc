/**
 * What a view is: it draws itself as finished lines and takes actions. A view never touches the
 * terminal, never waits, and gets everything it shows through its context.
 */
import type { Pricer } from '../../core/cost.ts';
import type { ServerFacts } from '../../core/live-source.ts';
import type { History } from '../../core/ports.ts';
import type { Filter } from '../filter.ts';
import type { Action, ViewName } from '../keymap.ts';
import type { Feed } from '../state/feed.ts';
import type { Theme } from '../theme.ts';

export interface Area {
  readonly width: number;
  readonly height: number;
}

/** What a person can go to. `match` is a text to be shown and marked. */
export type Target =
  | { readonly type: 'session'; readonly sessionId: string }
  | {
      readonly type: 'exchange';
      readonly exchangeId: string;
      readonly sessionId: string;
      readonly match?: readonly string[];
    };

/** Draws a small table in lines of plain text. */
export type DrawGrid = (
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
) => string[];

export interface ViewContext {
  /** null when nothing is recorded to SQLite. */
  readonly history: History | null;
  readonly feed: Feed;
  readonly facts: () => ServerFacts;
  readonly theme: Theme;
  readonly drawGrid: DrawGrid;
  /** What a miss of the prompt cache cost. */
  readonly price: Pricer;
  readonly now: () => number;
  readonly open: (target: Target) => void;
  readonly toast: (text: string) => void;
  /** Something changed outside of an event: draw again. */
  readonly redraw: () => void;
  /** Runs after the events that are waiting; for work in slices. */
  readonly later: (run: () => void) => void;
}

/** What `y`, `Y`, `c`, `e` and `v` take from a view. */
export interface Selection {
  readonly row: string;
  readonly sessionId: string | null;
  readonly exchangeId: string | null;
  readonly body: string | null;
}

export interface View {
  readonly name: ViewName;
  /** What is shown, in a few words: `Session 1a2b3c4d`. */
  title(): string;
  /** At most `area.height` lines of at most `area.width` columns. */
  lines(area: Area): string[];
  /** False when the action means nothing here. */
  act(action: Action): boolean;
  selection(): Selection | null;
  /** The view has come to the front. */
  shown?(): void;
  /** Rows of the screen from the view's own top. */
  click?(row: number, column: number): void;
  readonly filter?: Filter | null;
  /** Matching and all, while a filter is set. */
  counts?(): string;
  setFilter?(filter: Filter | null): void;
}
