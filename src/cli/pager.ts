/**
 * Long output in a pager, as git does it: on a terminal only, and only what does not fit. PAGER
 * chooses another; PAGER=cat, or an empty one, none. What a command prints is held back until it has
 * ended, so these are commands that end.
 */
import { spawn } from 'node:child_process';
import type { CommandRun, Context, Invocation } from './context.ts';
import type { Printer } from './print.ts';

/** less: leave what fits on the screen, show colours, leave the last page standing. */
const LESS = 'FRX';

export async function runPaged(run: CommandRun, invocation: Invocation): Promise<number> {
  const { context } = invocation;
  const pager = pagerOf(context);
  if (pager === null || invocation.isJson) return await run(invocation);
  const lines: string[] = [];
  const print: Printer = { ...context.print, line: (text = '') => void lines.push(`${text}\n`) };
  try {
    return await run({ ...invocation, context: { ...context, print } });
  } finally {
    await show(lines.join(''), pager, context);
  }
}

function pagerOf({ env, print }: Context): string | null {
  const pager = env['PAGER'] ?? 'less';
  return !print.isTerminal || pager === '' || pager === 'cat' ? null : pager;
}

async function show(text: string, pager: string, context: Context): Promise<void> {
  const { print, env } = context;
  const height = text.split('\n').reduce((rows, line) => rows + rowsOf(line, print.columns), 0);
  if (height <= print.rows) return print.raw(text, 'out');
  // Ctrl-C belongs to the pager now.
  context.onStopSignal(() => undefined);
  const child = spawn(pager, {
    shell: true,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { LESS, ...env },
  });
  // Leaving the pager before it has read everything is no error.
  child.stdin.on('error', () => undefined);
  child.stdin.end(text);
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code === NOT_FOUND) print.raw(text, 'out');
}

const NOT_FOUND = 127;

/** Colours take no room, so this is at most too many: then the pager leaves by itself. */
function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(line.length / columns));
}
