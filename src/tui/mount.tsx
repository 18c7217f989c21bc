/**
 * Puts the screen on a terminal and takes it off again. Every way out (quit, signal, error in a
 * component, end of the terminal) leaves the terminal as it was; whoever mounted it decides what
 * follows.
 */
import { type Instance, render } from 'ink';
import { App, type Suspend } from './App.tsx';
import { Controller } from './controller.ts';
import type { ControllerOptions } from './controller-options.ts';
import { drawInkTable } from './ink-table.tsx';
import { KeyReader } from './input/key-reader.ts';
import type { ScreenActions } from './screen-actions.ts';
import { REAL_TIMERS } from './state/pulse.ts';
import { Terminal } from './terminal.ts';
import { makeTheme, type ThemeName } from './theme.ts';

export interface ScreenInput extends NodeJS.ReadableStream {
  setRawMode(isRaw: boolean): unknown;
}

export interface ScreenOutput extends NodeJS.WritableStream {
  readonly columns: number;
  readonly rows: number;
}

/** What runs in place of the screen while the terminal is lent out. */
export interface Lodgers {
  readonly shell: () => Promise<void>;
  readonly pager: (text: string) => Promise<void>;
  /** Resolves when the process goes on. */
  readonly suspend: () => Promise<void>;
  readonly writeFile: ScreenActions['writeFile'];
  readonly browse: ScreenActions['browse'];
}

export interface ScreenOptions
  extends Pick<ControllerOptions, 'source' | 'history' | 'isAttached' | 'now' | 'price'> {
  readonly stdin: ScreenInput;
  readonly stdout: ScreenOutput;
  readonly theme: ThemeName;
  readonly lodgers: Lodgers;
}

export type ScreenEnd =
  | { readonly kind: 'quit'; readonly how: 'drained' | 'now' }
  | { readonly kind: 'terminal-gone' }
  | { readonly kind: 'crashed'; readonly error: Error };

export interface MountedScreen {
  /** Resolves when the screen wants to end; it is still on the terminal, except after a crash. */
  readonly ended: Promise<ScreenEnd>;
  readonly toast: (text: string) => void;
  /** Something outside has failed in a way that the screen cannot go on from. */
  readonly crash: (error: unknown) => void;
  /** Restores the terminal. */
  readonly close: () => Promise<void>;
}

export function mountScreen(options: ScreenOptions): MountedScreen {
  return new Screen(options);
}

class Screen implements MountedScreen {
  readonly #options: ScreenOptions;
  readonly #terminal: Terminal;
  readonly #controller: Controller;
  readonly #ink: Instance;
  readonly #reader: KeyReader;
  readonly #end = Promise.withResolvers<ScreenEnd>();
  #suspend: Suspend | null = null;
  #isLent = false;

  constructor(options: ScreenOptions) {
    const { stdin, stdout, source, history, isAttached, now, price } = options;
    this.#options = options;
    this.#terminal = new Terminal((text) => void stdout.write(text));
    this.#controller = new Controller({
      source,
      history,
      isAttached,
      now,
      price,
      theme: makeTheme(options.theme),
      drawGrid: drawInkTable,
      timers: REAL_TIMERS,
      actions: this.#actions(),
    });
    this.#reader = new KeyReader((event) => this.#guarded(() => this.#controller.handle(event)));
    this.#controller.resize(stdout.columns, stdout.rows);
    this.#ink = this.#render();
    this.#terminal.enter();
    this.#listen();
    stdin.setRawMode(true);
    this.#setTitle();
  }

  get ended(): Promise<ScreenEnd> {
    return this.#end.promise;
  }

  readonly toast = (text: string): void => this.#controller.toast(text);

  readonly close = async (): Promise<void> => {
    const { stdin, stdout } = this.#options;
    this.#controller.close();
    stdin.off('data', this.#onData);
    stdout.off('resize', this.#onResize);
    this.#terminal.leave();
    this.#ink.unmount();
    await this.#ink.waitUntilExit().catch(() => undefined);
    stdin.setRawMode(false);
    stdin.pause();
  };

  #render(): Instance {
    const { stdin, stdout } = this.#options;
    const onReady = (suspend: Suspend): void => {
      this.#suspend = suspend;
    };
    const app = <App controller={this.#controller} onReady={onReady} />;
    const ink = render(app, {
      // Ink wants Node's own stream types; these are the process's streams, or a test's like them.
      stdin: stdin as NodeJS.ReadStream,
      stdout: stdout as NodeJS.WriteStream,
      alternateScreen: true,
      interactive: true,
      incrementalRendering: true,
      patchConsole: false,
      exitOnCtrlC: false,
      maxFps: 60,
    });
    // Ink also takes itself off at a signal: whoever mounted the screen hears of that by itself.
    ink.waitUntilExit().catch((error: unknown) => this.crash(error));
    return ink;
  }

  #listen(): void {
    const { stdin, stdout } = this.#options;
    const isGone = (): void => this.#end.resolve({ kind: 'terminal-gone' });
    stdin.setEncoding('utf8');
    stdin.on('data', this.#onData);
    stdin.on('end', isGone);
    stdin.on('error', isGone);
    stdout.on('resize', this.#onResize);
    stdin.resume();
    this.#controller.subscribe(() => this.#setTitle());
  }

  readonly #onData = (chunk: Buffer | string): void => {
    if (!this.#isLent) this.#reader.push(String(chunk));
  };

  readonly #onResize = (): void => {
    const { columns, rows } = this.#options.stdout;
    this.#guarded(() => this.#controller.resize(columns, rows));
  };

  #setTitle(): void {
    const { runningCount } = this.#controller;
    this.#terminal.setTitle(
      runningCount === 0 ? 'LunaRoute' : `LunaRoute: ${runningCount} running`,
    );
  }

  readonly crash = (error: unknown): void => {
    const problem = error instanceof Error ? error : new Error(String(error));
    this.#end.resolve({ kind: 'crashed', error: problem });
  };

  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.crash(error);
    }
  }

  #actions(): ScreenActions {
    const { lodgers } = this.#options;
    return {
      quit: (how) => this.#end.resolve({ kind: 'quit', how }),
      copy: (text) => this.#terminal.copy(text),
      writeFile: lodgers.writeFile,
      browse: lodgers.browse,
      shell: () => void this.#lend(lodgers.shell),
      pager: (text) => void this.#lend(() => lodgers.pager(text)),
      suspend: () => void this.#lend(lodgers.suspend),
      redraw: () => void this.#lend(() => Promise.resolve()),
      toggleMouse: () => this.#terminal.toggleMouse(),
    };
  }

  /** Lends the terminal out: as it was before the screen, until `use` resolves. */
  async #lend(use: () => Promise<void>): Promise<void> {
    const { stdin, stdout } = this.#options;
    if (this.#suspend === null || this.#isLent) return;
    this.#isLent = true;
    try {
      await this.#suspend(async () => {
        this.#terminal.leave();
        stdin.pause();
        stdin.setRawMode(false);
        await use().catch((error: unknown) => this.toast(`failed: ${String(error)}`));
        stdin.setRawMode(true);
        stdin.resume();
        this.#terminal.enter();
      });
    } catch (error) {
      this.crash(error);
    }
    this.#isLent = false;
    this.#controller.resize(stdout.columns, stdout.rows);
  }
}
