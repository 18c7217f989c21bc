/** What the screen's controller is made from, and what it makes. */
import type { Pricer } from '../core/cost.ts';
import type { LiveSource } from '../core/live-source.ts';
import type { History } from '../core/ports.ts';
import type { ScreenActions } from './screen-actions.ts';
import type { PulseTimers } from './state/pulse.ts';
import type { Theme } from './theme.ts';
import type { DrawGrid } from './views/view.ts';

export interface ControllerOptions {
  readonly source: LiveSource;
  readonly history: History | null;
  readonly theme: Theme;
  readonly drawGrid: DrawGrid;
  readonly price: Pricer;
  readonly actions: ScreenActions;
  /** A second screen: what it does never touches the server. */
  readonly isAttached: boolean;
  readonly now: () => number;
  readonly timers: PulseTimers;
}

export interface Frame {
  readonly lines: readonly string[];
  readonly columns: number;
}
