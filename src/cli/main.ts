/**
 * The program's entry: the real surroundings, and the only place that ends the process, listens to
 * signals and turns errors into words and exit codes. Must not load anything that a command might
 * not need.
 */
import { once } from 'node:events';
import { homedir } from 'node:os';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { UserError } from '../core/errors.ts';
import { safeText } from '../core/text.ts';
import { placeTrouble } from '../store/recorder/trouble.ts';
import type { Context, StopSignal } from './context.ts';
import { makePrinter } from './print.ts';
import { runProgram } from './program.ts';

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const argv = process.argv.slice(2);
const print = makePrinter({
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  noColor: argv.includes('--no-color'),
  onClosedPipe: () => process.exit(0),
});

const isDumb = process.env['TERM'] === 'dumb';
const canDraw = process.stdin.isTTY === true && process.stdout.isTTY === true && !isDumb;

const context: Context = {
  env: process.env,
  homeDir: homedir(),
  cwd: process.cwd(),
  platform: process.platform,
  pid: process.pid,
  execPath: process.execPath,
  script: process.argv[1] ?? '',
  print,
  terminal: canDraw ? { stdin: process.stdin, stdout: process.stdout } : null,
  now: Date.now,
  isInteractive: process.stdin.isTTY === true,
  ask: async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const closed = once(lines, 'close').then(() => '');
    const answer = await Promise.race([lines.question(question), closed]);
    lines.close();
    return answer;
  },
  onStopSignal: (listener) => {
    for (const signal of STOP_SIGNALS) process.on(signal, () => listener(signal));
  },
  onUncaught: (listener) => {
    process.on('uncaughtException', listener);
    process.on('unhandledRejection', listener);
  },
  onExit: (listener) => void process.on('exit', listener),
};

process.exitCode = await runProgram(argv, context).catch(report);

function report(error: unknown): number {
  const { bad } = print.noteStyle;
  if (error instanceof UserError) {
    print.note(`${bad('error')}: ${safeText(error.message)}`);
    if (error.hint !== null) print.note(safeText(error.hint));
    return error.exitCode;
  }
  const trouble = placeTrouble(error);
  if (error instanceof Error && trouble !== null) {
    print.note(`${bad('error')}: ${safeText(error.message)}`);
    print.note(trouble);
    return 1;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  print.note(`${bad('bug in LunaRoute')}: ${safeText(stack)}`);
  print.note('please report it together with what you did');
  return 1;
}
