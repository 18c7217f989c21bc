/** An exchange as a row: a link, with the columns of the terminal's list. */
import type { ReactNode } from 'react';
import { formatClock, formatTime } from '../../../core/format.ts';
import type { LiveExchange } from '../../../core/live-state.ts';
import type { ExchangeLine } from '../../../core/ports.ts';
import { shownLine } from '../text/foreign.ts';
import { cacheShare, clientName, costText, count, percent, took } from '../text/numbers.ts';
import { exchangePath } from '../text/route.ts';
import { Link } from './Link.tsx';
import { Status } from './Status.tsx';

const EXCHANGE_COLUMNS = [
  'time',
  'client',
  'model',
  'status',
  'in',
  'cache',
  'out',
  'cost',
  'ttft',
  'took',
  'tools / prompt',
] as const;

interface RowProps {
  readonly line: ExchangeLine;
  readonly live?: LiveExchange | undefined;
  /** With the date, where rows of many days stand together. */
  readonly hasDate?: boolean;
}

export function ExchangeRow({ line, live, hasDate = false }: RowProps): ReactNode {
  const usage = live?.usage ?? line.usage;
  const time = hasDate ? formatTime(line.startedAt).slice(5) : formatClock(line.startedAt);
  return (
    <Link to={exchangePath(line.id)} className="row exchange-row" data-row>
      <span className="num dim">{time}</span>
      <span>{clientName(line.client)}</span>
      <span className="cut">{shownLine(line.model ?? '–')}</span>
      <span>
        <Status line={line} live={live} />
      </span>
      <span className="num">{count(usage?.input)}</span>
      <span className="num">{percent(cacheShare(usage))}</span>
      <span className="num">{outText(line, live)}</span>
      <span className="num">{costText(line.cost)}</span>
      <span className="num">{took(line.firstTokenMs)}</span>
      <span className="num">{took(line.durationMs)}</span>
      <span className="cut dim">{about(line)}</span>
    </Link>
  );
}

const CHARS_PER_TOKEN = 4;

/** The provider's count; while it runs, what has arrived, marked as an estimate. */
function outText({ usage }: ExchangeLine, live: LiveExchange | undefined): string {
  if (live === undefined) return count(usage?.output);
  const arrived = live.answer.reduce((sum, { text }) => sum + text.length, 0);
  return live.status === null ? '–' : `~${count(arrived / CHARS_PER_TOKEN)}`;
}

function about(line: ExchangeLine): string {
  if (line.toolNames.length > 0) return shownLine(line.toolNames.join(' '));
  if (line.errorCode !== null) return shownLine(line.errorCode);
  return shownLine(line.promptPreview ?? `${line.auxiliary ?? ''} ${line.method} ${line.target}`);
}

export function ExchangeHead(): ReactNode {
  return (
    <div className="row exchange-row row-head">
      {EXCHANGE_COLUMNS.map((title) => (
        <span key={title} className={NUMBERS.has(title) ? 'num' : undefined}>
          {title}
        </span>
      ))}
    </div>
  );
}

const NUMBERS = new Set<string>(['time', 'in', 'cache', 'out', 'cost', 'ttft', 'took']);

/** A running exchange as the list's row of it. */
export function lineOfLive({ request, status, usage }: LiveExchange): ExchangeLine {
  const { id, sessionId, startedAt, client, auxiliary, method, target, model, promptPreview } =
    request;
  return {
    ...{ id, sessionId, startedAt, client, auxiliary, method, target, model, promptPreview },
    status,
    outcome: null,
    errorCode: null,
    usage,
    cost: null,
    firstTokenMs: null,
    durationMs: null,
    toolNames: [],
  };
}
