/**
 * Opens the terminal UI, loading it only now: no other command pays for it. Gives it the history, and
 * what it may do outside of itself.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Pricer } from '../../core/cost.ts';
import type { LiveSource } from '../../core/live-source.ts';
import type { History } from '../../core/ports.ts';
import { openHistory } from '../../store/history/sqlite-history.ts';
import type { Lodgers, MountedScreen } from '../../tui/mount.tsx';
import type { ThemeName } from '../../tui/theme.ts';
import type { Context, TerminalStreams } from '../context.ts';
import { openBrowser } from '../open-browser.ts';
import { writeChunks } from '../write-chunks.ts';

export interface OpenOptions extends TerminalStreams {
  readonly context: Context;
  readonly source: LiveSource;
  /** null when nothing is recorded there. */
  readonly sqlitePath: string | null;
  readonly theme: ThemeName;
  readonly isAttached: boolean;
  readonly price: Pricer;
}

/** Names tried before a file of the same name is in the way for good. */
const MAX_NAMES = 1000;

export async function openScreen(options: OpenOptions): Promise<MountedScreen> {
  const { context, source, stdin, stdout, theme, isAttached } = options;
  const { mountScreen } = await import('../../tui/mount.tsx');
  const { history, problem } = readHistory(options.sqlitePath);
  const screen = mountScreen({
    stdin,
    stdout,
    source,
    history,
    theme,
    isAttached,
    now: context.now,
    price: options.price,
    lodgers: lodgersOf(context),
  });
  if (problem !== null) screen.toast(problem);
  return {
    ended: screen.ended,
    toast: screen.toast,
    crash: screen.crash,
    close: async () => {
      await screen.close();
      history?.close();
    },
  };
}

/** Without a history the screen still shows what happens now. */
function readHistory(path: string | null): { history: History | null; problem: string | null } {
  if (path === null) return { history: null, problem: null };
  try {
    return { history: openHistory(path), problem: null };
  } catch (error) {
    return { history: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

function lodgersOf(context: Context): Lodgers {
  const { env, cwd, pid } = context;
  return {
    browse: (url) => openBrowser(url, context),
    shell: () => runChild(env['SHELL'] ?? '/bin/sh', [], null),
    pager: (text) => runChild('/bin/sh', ['-c', env['PAGER'] || 'less'], text),
    suspend: () =>
      new Promise((resolve) => {
        process.once('SIGCONT', () => resolve());
        process.kill(pid, 'SIGTSTP');
      }),
    writeFile: async (name, chunks) => {
      const path = freeName(cwd, name);
      await writeChunks(path, chunks);
      return path;
    },
  };
}

/** Resolves when the child has ended; the proxy's and the recorder's threads go on meanwhile. */
function runChild(command: string, args: readonly string[], input: string | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const stdin = input === null ? 'inherit' : 'pipe';
    const child = spawn(command, args, { stdio: [stdin, 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', () => resolve());
    // A pager that is left early closes its end.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

function freeName(folder: string, name: string): string {
  const [stem = '', extension = ''] = [name.replace(/\.\w+$/, ''), /\.\w+$/.exec(name)?.[0]];
  for (let count = 1; count < MAX_NAMES; count += 1) {
    const path = join(folder, count === 1 ? name : `${stem}-${count}${extension}`);
    if (!existsSync(path)) return path;
  }
  return join(folder, name);
}
