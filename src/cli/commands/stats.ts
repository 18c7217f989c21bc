/** `lunaroute stats [session]`: sums of one session, or of all with the latest ones by themselves. */
import type { History, Stats } from '../../core/ports.ts';
import type { Invocation } from '../context.ts';
import { requireSession, withHistory } from '../open-records.ts';
import { renderSessionStats, renderStats } from '../view/stats-text.ts';

export function runStats(invocation: Invocation): number {
  const [prefix] = invocation.args;
  return withHistory(invocation, (history) =>
    prefix === undefined
      ? allSessions(history, invocation)
      : oneSession(history, prefix, invocation),
  );
}

function sinceOf({ option }: Invocation): { since?: number } {
  const since = option('since');
  return typeof since === 'number' ? { since } : {};
}

function oneSession(history: History, prefix: string, invocation: Invocation): number {
  const sessionId = requireSession(history, prefix);
  const stats = history.stats({ sessionId, ...sinceOf(invocation) });
  const { print } = invocation.context;
  if (invocation.isJson) print.json(stats);
  else print.line(renderSessionStats(stats));
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
