/** `lunaroute sessions prune`: what retention does by itself, now, by other limits, or only as a plan. */
import { retentionOptions } from '../../config/options.ts';
import { UserError } from '../../core/errors.ts';
import { formatBytes, formatCount, formatTime } from '../../core/format.ts';
import type { PruneReport, RetentionOptions } from '../../core/retention.ts';
import { safeLine } from '../../core/text.ts';
import { keepWithinLimits } from '../../store/upkeep/upkeep.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import type { Printer } from '../print.ts';
import { runSteps } from '../run-steps.ts';

const SHOWN = 20;

export async function runSessionsPrune(invocation: Invocation): Promise<number> {
  const { context, option, isJson } = invocation;
  const { config } = loadFor(invocation);
  const { sqlite, jsonl } = config.session_recording;
  const isDryRun = option('dryRun') === true;
  const report = await runSteps(
    keepWithinLimits({
      sqlitePath: sqlite.path,
      jsonlDirectory: jsonl.directory,
      limits: limitsOf(invocation, retentionOptions(config)),
      now: context.now(),
      isDryRun,
      wait: 'patiently',
    }),
  );
  if (isJson) context.print.json({ isDryRun, ...report });
  else printReport(report, isDryRun, context.print);
  return report.problems.length === 0 ? 0 : 1;
}

function limitsOf({ option }: Invocation, configured: RetentionOptions): RetentionOptions {
  const number = (name: string): number | null => {
    const value = option(name);
    return typeof value === 'number' ? value : null;
  };
  const given = { maxAgeMs: number('olderThan'), maxBytes: number('largerThan') };
  if (given.maxAgeMs !== null || given.maxBytes !== null) {
    return { sqlite: given, jsonl: { ...given, compressAfterMs: null } };
  }
  const { sqlite, jsonl } = configured;
  const all = [sqlite.maxAgeMs, sqlite.maxBytes, ...Object.values(jsonl)];
  if (all.some((limit) => limit !== null)) return configured;
  throw new UserError('no limit is given, and none is configured', {
    hint: 'give --older-than or --larger-than, or set session_recording.sqlite.retention and .jsonl.retention',
    exitCode: 2,
  });
}

function printReport(report: PruneReport, isDryRun: boolean, print: Printer): void {
  const { sessions, files, compressed, database, jsonl, problems } = report;
  for (const { sessionId, lastActivityAt, title } of sessions.slice(0, SHOWN)) {
    print.line(`${safeLine(sessionId)}  ${formatTime(lastActivityAt)}  ${safeLine(title ?? '')}`);
  }
  if (sessions.length > SHOWN) print.line(`… and ${formatCount(sessions.length - SHOWN)} more`);
  const [remove, compress] = isDryRun
    ? ['would delete', 'would compress']
    : ['deleted', 'compressed'];
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  print.line(`${remove} ${formatCount(sessions.length)} sessions from SQLite`);
  print.line(`${remove} ${formatCount(files.length)} JSONL files (${formatBytes(bytes)})`);
  if (compressed.length > 0) {
    print.line(`${compress} ${formatCount(compressed.length)} JSONL files`);
  }
  if (!isDryRun) {
    print.line(`SQLite ${formatBytes(database.before)} → ${formatBytes(database.after)}`);
    print.line(`JSONL ${formatBytes(jsonl.before)} → ${formatBytes(jsonl.after)}`);
  }
  for (const problem of problems) print.note(print.noteStyle.warn(safeLine(problem)));
}
