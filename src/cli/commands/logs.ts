/** `lunaroute logs [-f]`: the end of the background server's log, and with -f what comes next. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../core/errors.ts';
import { safeText } from '../../core/text.ts';
import { logFile, logSize, readLog } from '../background/log-file.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';

const MAX_BYTES = 1024 * 1024;
const POLL_MS = 200;

export async function runLogs(invocation: Invocation): Promise<number> {
  const { context, option, isJson } = invocation;
  const { dataDir } = loadFor(invocation);
  const file = logFile(dataDir);
  const isFollowing = option('follow') === true;
  if (isFollowing && isJson) {
    throw new UserError('--json prints one document, so it cannot follow', { exitCode: 2 });
  }
  if (!existsSync(file)) {
    throw new UserError(`there is no log yet at ${file}`, {
      hint: 'only the background server writes it: lunaroute env',
    });
  }
  const { bytes, end } = readLog(dataDir, 0, MAX_BYTES);
  const lines = lastLines(new TextDecoder().decode(bytes), Number(option('lines')));
  if (isJson) context.print.json({ file, lines });
  else if (lines.length > 0) context.print.line(safeText(lines.join('\n')));
  if (isFollowing) await follow(invocation, dataDir, end);
  return 0;
}

function lastLines(text: string, count: number): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(-count);
}

/** Ends with a signal or when the reader of stdout has gone. */
async function follow({ context }: Invocation, dataDir: string, from: number): Promise<void> {
  const ended = Promise.withResolvers<null>();
  context.onStopSignal(() => ended.resolve(null));
  // A piece may end inside a character or a line.
  const decoder = new TextDecoder();
  let position = from;
  let rest = '';
  while ((await Promise.race([ended.promise, sleep(POLL_MS, 'poll')])) !== null) {
    // It was cut because it had grown too long.
    if (logSize(dataDir) < position) position = 0;
    const { bytes, end } = readLog(dataDir, position, MAX_BYTES);
    position = end;
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) context.print.line(safeText(lines.join('\n')));
  }
}
