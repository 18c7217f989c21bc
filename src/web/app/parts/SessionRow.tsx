/** A session as a row, with the columns of the terminal's list. */
import type { ReactNode } from 'react';
import { formatTime } from '../../../core/format.ts';
import type { SessionOrder, SessionSummary } from '../../../core/ports.ts';
import { shownLine } from '../text/foreign.ts';
import { cacheShare, clientName, costSumText, count, percent } from '../text/numbers.ts';
import { sessionPath } from '../text/route.ts';
import { Icon } from './Icon.tsx';
import { Link } from './Link.tsx';

/** Title, class, and what it sorts by; a title of none is not sortable. */
export const SESSION_COLUMNS: readonly {
  readonly title: string;
  readonly order: SessionOrder | null;
  readonly isNumber: boolean;
}[] = [
  { title: 'last', order: 'activity', isNumber: true },
  { title: 'started', order: 'started', isNumber: true },
  { title: 'client', order: 'client', isNumber: false },
  { title: 'model', order: null, isNumber: false },
  { title: 'first prompt', order: null, isNumber: false },
  { title: 'req', order: 'requests', isNumber: true },
  { title: 'in', order: 'input', isNumber: true },
  { title: 'cache', order: 'cache', isNumber: true },
  { title: 'out', order: 'output', isNumber: true },
  { title: 'cost', order: 'cost', isNumber: true },
  { title: 'tools', order: 'tools', isNumber: true },
  { title: 'err', order: 'errors', isNumber: true },
];

export function SessionRow({ session }: { readonly session: SessionSummary }): ReactNode {
  const { usage, errors } = session;
  return (
    <Link to={sessionPath(session.sessionId)} className="row session-row" data-row>
      <span className="num">{formatTime(session.lastActivityAt).slice(5)}</span>
      <span className="num dim">{formatTime(session.startedAt).slice(5)}</span>
      <span>{clientName(session.client)}</span>
      <span className="cut">{shownLine(session.modelUsed ?? '–', 80)}</span>
      <span className="cut row-title">
        {session.isPinned ? <Icon name="pin" /> : null}
        <span className="cut">{shownLine(session.title ?? '(no prompt)')}</span>
      </span>
      <span className="num">{count(session.requests)}</span>
      <span className="num">{count(usage?.input)}</span>
      <span className="num">{percent(cacheShare(usage))}</span>
      <span className="num">{count(usage?.output)}</span>
      <span className="num">{costSumText(session.cost)}</span>
      <span className="num">{count(session.toolCalls)}</span>
      <span className={errors > 0 ? 'num is-bad' : 'num dim'}>{count(errors)}</span>
    </Link>
  );
}

interface HeadProps {
  readonly order: SessionOrder;
  readonly onOrder: (order: SessionOrder) => void;
}

export function SessionHead({ order, onOrder }: HeadProps): ReactNode {
  return (
    <div className="row session-row row-head">
      {SESSION_COLUMNS.map((column) => (
        <span key={column.title} className={column.isNumber ? 'num' : undefined}>
          {column.order === null ? (
            column.title
          ) : (
            <SortButton {...column} order={column.order} current={order} onOrder={onOrder} />
          )}
        </span>
      ))}
    </div>
  );
}

interface SortProps {
  readonly title: string;
  readonly order: SessionOrder;
  readonly current: SessionOrder;
  readonly onOrder: (order: SessionOrder) => void;
}

function SortButton({ title, order, current, onOrder }: SortProps): ReactNode {
  const isCurrent = current === order;
  return (
    <button
      type="button"
      className="sort"
      aria-pressed={isCurrent}
      title={`largest or newest ${title} first`}
      onClick={() => onOrder(order)}
    >
      {title}
      {isCurrent ? ' ↓' : ''}
    </button>
  );
}
