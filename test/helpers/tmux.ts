// The built program in a real terminal: tmux draws it, takes keys, and tells the terminal's state.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { LAUNCHER, until } from './program.ts';

export interface TmuxOptions {
  readonly env: Record<string, string>;
  readonly args?: readonly string[];
  readonly columns?: number;
  readonly rows?: number;
  /** Runs inside an interactive shell, as a person's would. */
  readonly inShell?: boolean;
  /** Node options for the program. */
  readonly nodeArgs?: readonly string[];
}

export class TmuxProgram {
  readonly #folder = mkdtempSync(join(tmpdir(), 'lunaroute-tmux-'));
  readonly #socket = join(this.#folder, 'socket');
  readonly #rawFile = join(this.#folder, 'raw');

  constructor(options: TmuxOptions) {
    const { env, args = [], nodeArgs = [], columns = 120, rows = 40 } = options;
    const words = [process.execPath, ...nodeArgs, LAUNCHER, ...args].map((word) => `'${word}'`);
    const program = words.join(' ');
    // The shell stays, so that what the program leaves on the normal screen can be read.
    const command = options.inShell
      ? 'bash --norc -i'
      : `${program}; echo "ended with $?"; exec sleep 600`;
    const assignments = Object.entries({ TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', ...env });
    const environment = Object.fromEntries(assignments);
    execFileSync(
      'tmux',
      [
        '-u',
        '-S',
        this.#socket,
        '-f',
        '/dev/null',
        'new-session',
        '-d',
        '-s',
        't',
        '-x',
        String(columns),
        '-y',
        String(rows),
        '-c',
        this.#folder,
        'sleep 600',
      ],
      { env: environment },
    );
    this.tmux('set', '-g', 'set-clipboard', 'on');
    this.tmux('set', '-g', 'default-terminal', 'tmux-256color');
    this.tmux('respawn-pane', '-k', '-c', this.#folder, '-t', 't', `sleep 0.1; ${command}`);
    this.tmux('pipe-pane', '-t', 't', `cat >> '${this.#rawFile}'`);
    if (options.inShell) this.type(`PS1='ready> '; ${program}`).keys('Enter');
    onTestFinished(() => this.stop());
  }

  tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-u', '-S', this.#socket, ...args], { encoding: 'utf8' });
  }

  /** tmux's names: `Enter`, `Escape`, `C-c`, `PageDown`; single characters are themselves. */
  keys(...names: readonly string[]): this {
    for (const name of names) this.tmux('send-keys', '-t', 't', name);
    return this;
  }

  type(text: string): this {
    this.tmux('send-keys', '-t', 't', '-l', text);
    return this;
  }

  resize(columns: number, rows: number): this {
    this.tmux('resize-window', '-t', 't', '-x', String(columns), '-y', String(rows));
    return this;
  }

  screen(): string {
    return this.tmux('capture-pane', '-p', '-t', 't');
  }

  /** With what has scrolled away. */
  history(): string {
    return this.tmux('capture-pane', '-p', '-S', '-', '-t', 't');
  }

  /** The terminal's state, by tmux's format names. */
  state(...names: readonly string[]): string {
    return this.tmux(
      'display',
      '-p',
      '-t',
      't',
      names.map((name) => `#{${name}}`).join(' '),
    ).trim();
  }

  /** The program's working folder. */
  get folder(): string {
    return this.#folder;
  }

  /** Every byte that the program has written to the terminal. */
  raw(): string {
    return readFileSync(this.#rawFile, 'utf8');
  }

  /** Waits for the screen to show what is wanted; gives the screen. */
  async shows(wanted: string | RegExp | ((screen: string) => boolean)): Promise<string> {
    const isThere = (screen: string): boolean => {
      if (typeof wanted === 'string') return screen.includes(wanted);
      return wanted instanceof RegExp ? wanted.test(screen) : wanted(screen);
    };
    let last = '';
    try {
      return await until(`the screen to show ${wanted}`, () => {
        last = this.screen();
        return isThere(last) ? last : undefined;
      });
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}; it shows:\n${last}`);
    }
  }

  stop(): void {
    try {
      this.tmux('kill-server');
    } catch {
      // It has ended by itself.
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
