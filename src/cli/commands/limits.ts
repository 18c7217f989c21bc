/** `lunaroute limits`: rate limits as the providers last reported them with the answers that passed. */
import { formatCount, formatDuration, formatTime } from '../../core/format.ts';
import type { AccountLimits, RateLimit } from '../../core/rate-limits.ts';
import { safeLine } from '../../core/text.ts';
import type { Invocation } from '../context.ts';
import { withHistory } from '../open-records.ts';
import { renderTable } from '../view/table.ts';

export function runLimits(invocation: Invocation): number {
  const { context, isJson } = invocation;
  const accounts = withHistory(invocation, (history) => history.limits());
  if (isJson) context.print.json(accounts);
  else if (accounts.length === 0) context.print.note('no answer so far named a limit');
  else
    accounts.forEach((account, index) => {
      if (index > 0) context.print.line();
      printAccount(account, invocation);
    });
  return 0;
}

function printAccount(account: AccountLimits, { context }: Invocation): void {
  const { print, now } = context;
  print.line(
    `${print.style.bold(safeLine(account.provider))}  ${safeLine(account.account)}  seen ${formatTime(account.seenAt)}`,
  );
  const rows = account.limits.map((limit) => limitRow(limit, now()));
  const columns = [
    { title: 'LIMIT' },
    { title: 'USED', align: 'right' },
    { title: 'LEFT', align: 'right' },
    { title: 'OF', align: 'right' },
    { title: 'RENEWED' },
    { title: 'STATUS' },
  ] as const;
  for (const line of renderTable(columns, rows, print.columns - 2)) print.line(`  ${line}`);
}

function limitRow(limit: RateLimit, now: number): string[] {
  const count = (value: number | null): string => (value === null ? '' : formatCount(value));
  const { usedShare, resetsAt } = limit;
  return [
    limit.name,
    usedShare === null ? 'unknown' : `${(usedShare * 100).toFixed(0)}%`,
    count(limit.remaining),
    count(limit.limit),
    resetsAt === null ? 'unknown' : renewal(resetsAt, now),
    limit.status ?? '',
  ];
}

/** What was said about a window that is over says nothing about the present one. */
function renewal(at: number, now: number): string {
  return at <= now ? 'since then' : `in ${formatDuration(at - now)}`;
}
