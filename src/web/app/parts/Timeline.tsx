/** A session's exchanges as a waterfall: model time, tool time, numbers. */
import { type ReactNode, useMemo } from 'react';
import { formatClock } from '../../../core/format.ts';
import type { ExchangeLine } from '../../../core/ports.ts';
import { useLive } from '../live/live-store.ts';
import { shownLine } from '../text/foreign.ts';
import { cacheShare, costText, count, percent, took } from '../text/numbers.ts';
import { exchangePath } from '../text/route.ts';
import { type Fall, waterfallOf } from '../text/waterfall.ts';
import { Link } from './Link.tsx';
import { RowList } from './RowList.tsx';
import { Status } from './Status.tsx';
import { useNarrow } from './useNarrow.ts';

interface TimelineProps {
  readonly sessionId: string;
  readonly lines: readonly ExchangeLine[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly loadMore: () => unknown;
}

export function Timeline({ sessionId, lines, ...more }: TimelineProps): ReactNode {
  const isNarrow = useNarrow();
  const falls = useMemo(() => waterfallOf(lines, Date.now()), [lines]);
  return (
    <>
      <p className="legend dim">
        <span className="swatch is-model" /> model <span className="swatch is-tool" /> tools, from
        the answer that asked to the next request, permission included
      </p>
      <RowList
        label="Timeline"
        name={`timeline ${sessionId}`}
        head={<Head />}
        items={falls}
        rowHeight={isNarrow ? 64 : 34}
        keyOf={({ line }) => line.id}
        draw={(fall) => <FallRow fall={fall} />}
        {...more}
      />
    </>
  );
}

const COLUMNS = ['time', 'model', 'status', '', 'took', 'tools', 'in', 'cache', 'out', 'cost'];
const TEXT = new Set(['model', 'status', '', 'tools']);

function Head(): ReactNode {
  return (
    <div className="row fall-row row-head">
      {COLUMNS.map((title) => (
        <span key={title} className={TEXT.has(title) ? undefined : 'num'}>
          {title}
        </span>
      ))}
    </div>
  );
}

function FallRow({ fall }: { readonly fall: Fall }): ReactNode {
  const { line } = fall;
  const live = useLive().state.running.get(line.id);
  const usage = live?.usage ?? line.usage;
  return (
    <Link to={exchangePath(line.id)} className="row fall-row" data-row>
      <span className="num dim">{formatClock(line.startedAt)}</span>
      <span className="cut">
        {shownLine(line.model ?? '–', 80)}
        {line.auxiliary === null ? null : <small className="dim"> {line.auxiliary}</small>}
      </span>
      <span>
        <Status line={line} live={live} />
      </span>
      <Bars fall={fall} />
      <span className="num">{took(line.durationMs)}</span>
      <span className="cut dim">{toolsText(fall)}</span>
      <span className="num">{count(usage?.input)}</span>
      <span className="num">{percent(cacheShare(usage))}</span>
      <span className="num">{count(usage?.output)}</span>
      <span className="num">{costText(line.cost)}</span>
    </Link>
  );
}

function toolsText({ line, toolMs }: Fall): string {
  if (line.toolNames.length === 0) return '';
  const names = shownLine(line.toolNames.join(' '), 80);
  return toolMs === null ? names : `${took(toolMs)} ${names}`;
}

function Bars({ fall }: { readonly fall: Fall }): ReactNode {
  const { start, end, toolEnd, idleMs } = fall;
  const place = (from: number, to: number) => ({
    left: `${from * 100}%`,
    width: `${Math.max(0, to - from) * 100}%`,
  });
  return (
    <span className="bars" aria-hidden="true">
      {idleMs === null ? null : (
        <span className="bar-idle" style={{ right: `${(1 - start) * 100}%` }}>
          {start > 0.12 ? `${took(idleMs)} idle` : ''}
        </span>
      )}
      <span className="bar is-model" style={place(start, end)} />
      {toolEnd === null ? null : <span className="bar is-tool" style={place(end, toolEnd)} />}
    </span>
  );
}
