/** Rate limits as the providers last reported them with the answers that passed. */
import type { ReactNode } from 'react';
import { formatCount, formatDuration, formatTime } from '../../../core/format.ts';
import { type AccountLimits, accountKey, type RateLimit } from '../../../core/rate-limits.ts';
import { shownLine } from '../text/foreign.ts';
import { MISSING, percent } from '../text/numbers.ts';
import { Table } from './Table.tsx';

export function Limits({ accounts }: { readonly accounts: readonly AccountLimits[] }): ReactNode {
  const now = Date.now();
  return (
    <div className="cards">
      {accounts.map((account) => (
        <Table
          key={accountKey(account)}
          title={`Limits of ${shownLine(account.provider, 40)}, ${shownLine(account.account, 40)}, seen ${formatTime(account.seenAt)}`}
          columns={['limit', 'used', 'left', 'of', 'renewed', 'status']}
          rows={account.limits.map((limit) => rowOf(limit, now))}
          empty="no limit was named"
        />
      ))}
    </div>
  );
}

function rowOf(limit: RateLimit, now: number) {
  const number = (value: number | null): string => (value === null ? MISSING : formatCount(value));
  const { usedShare, resetsAt } = limit;
  return {
    key: limit.name,
    share: usedShare ?? 0,
    cells: [
      shownLine(limit.name, 40),
      percent(usedShare),
      number(limit.remaining),
      number(limit.limit),
      resetsAt === null ? MISSING : renewal(resetsAt, now),
      shownLine(limit.status ?? '', 40),
    ],
  };
}

/** What was said about a window that is over says nothing about the present one. */
function renewal(at: number, now: number): string {
  return at <= now ? 'since then' : `in ${formatDuration(at - now)}`;
}
