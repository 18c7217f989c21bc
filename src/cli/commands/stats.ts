/**
 * `lunaroute stats [session]`: sums of one session, or of all with the latest ones by themselves;
 * `--by` groups them, `--cache` and `--tools` look into one session.
 */
import { UserError } from '../../core/errors.ts';
import type { History, Stats, StatsGroup } from '../../core/ports.ts';
import type { Invocation } from '../context.ts';
import { requireSession, withHistory } from '../open-records.ts';
import { type Sheet, sheetCsv, sheetLines } from '../view/sheet.ts';
import { groupSheet, toolSheet } from '../view/stats-sheets.ts';
import { renderSessionStats, renderStats } from '../view/stats-text.ts';
import { cacheOf } from './stats-cache.ts';
import { definitionsOf } from './stats-tools.ts';

const GROUPS: readonly StatsGroup[] = ['session', 'model', 'day', 'client', 'project'];

export function runStats(invocation: Invocation): number {
  const { args, option } = invocation;
  const by = option('by');
  const isRows = by !== undefined || option('cache') === true || option('tools') === true;
  if (option('csv') === true && !isRows) throw misuse('--csv needs --by, --cache or --tools');
  const [prefix] = args;
  return withHistory(invocation, (history) => {
    if (by !== undefined) return printGroups(history, String(by), invocation);
    if (option('cache') === true) {
      printSheet(
        cacheOf(history, requireSession(history, prefix ?? 'last'), invocation),
        invocation,
      );
      return 0;
    }
    if (option('tools') === true) {
      const sessionId = requireSession(history, prefix ?? 'last');
      printSheet(definitionsOf(history, sessionId, invocation), invocation);
      return 0;
    }
    if (prefix !== undefined) return oneSession(history, prefix, invocation);
    return allSessions(history, invocation);
  });
}

function misuse(message: string): UserError {
  return new UserError(message, { exitCode: 2 });
}

function sinceOf({ option }: Invocation): { since?: number } {
  const since = option('since');
  return typeof since === 'number' ? { since } : {};
}

function printGroups(history: History, by: string, invocation: Invocation): number {
  if (invocation.args.length > 0) throw misuse('--by groups all sessions: leave out the id');
  const since = sinceOf(invocation);
  if (by === 'tool') {
    const { tools } = history.stats(since);
    printSheet({ ...toolSheet(tools), json: tools }, invocation);
    return 0;
  }
  const group = GROUPS.find((name) => name === by);
  if (group === undefined) throw new Error(`unknown group ${by}`);
  const limit = Number(invocation.option('limit'));
  const rows = history.statsBy(group, { ...since, limit });
  printSheet({ ...groupSheet(group, rows), json: rows }, invocation);
  return 0;
}

function printSheet(sheet: Sheet, { context: { print }, option, isJson }: Invocation): void {
  if (isJson) print.json(sheet.json);
  else if (option('csv') === true) for (const line of sheetCsv(sheet)) print.line(line);
  else for (const line of sheetLines(sheet, print.columns)) print.line(line);
}

function oneSession(history: History, prefix: string, invocation: Invocation): number {
  const sessionId = requireSession(history, prefix);
  const filter = { sessionId, ...sinceOf(invocation) };
  const stats = history.stats(filter);
  const latency = history.latency(filter);
  const { print } = invocation.context;
  if (invocation.isJson) print.json({ ...stats, latency });
  else print.line(renderSessionStats(stats, latency));
  return 0;
}

function allSessions(history: History, invocation: Invocation): number {
  const since = sinceOf(invocation);
  const total = history.stats(since);
  const sessions: Stats[] = history
    .sessions({ limit: Number(invocation.option('sessions')), ...since })
    .map(({ sessionId }) => history.stats({ sessionId, ...since }))
    .toReversed();
  const { print } = invocation.context;
  if (invocation.isJson) print.json({ total, sessions });
  else print.line(renderStats(sessions, total));
  return 0;
}
