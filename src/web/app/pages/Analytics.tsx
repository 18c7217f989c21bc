/** How fast, how well cached, how dear: percentiles and lines over time. */
import { type ReactNode, useMemo } from 'react';
import { formatUsd } from '../../../core/cost.ts';
import { formatCount, formatDuration } from '../../../core/format.ts';
import { percentile } from '../../../core/histogram.ts';
import type { Activity, LatencyStats, Spread } from '../../../core/ports.ts';
import { useGroups, useLatency, useUsage } from '../api/queries.ts';
import { Chart } from '../parts/Chart.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Table } from '../parts/Table.tsx';
import { Teach } from '../parts/Teach.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { useWords } from '../routes.ts';
import { DAY_MS, HOUR_MS, RANGES, type RangeName, rangeOf, totalsOf } from '../text/activity.ts';
import { shownLine } from '../text/foreign.ts';
import { cacheShare, costSumText, count, fineTime, MISSING, percent } from '../text/numbers.ts';
import { useToday } from '../text/today.ts';
import { useTitle } from '../title.ts';

export function Analytics(): ReactNode {
  const [words, change] = useWords();
  useTitle('Analytics');
  const range = RANGES.find(({ value }) => value === words.get('range'))?.value ?? '7d';
  const today = useToday();
  const { from, step } = useMemo(() => rangeOf(range, today), [range, today]);
  const usage = useUsage(from, step);
  // Asked at once, not one after the other.
  useLatency(from);
  useGroups('models', from);
  return (
    <div className="page">
      <header className="page-head">
        <h1>Analytics</h1>
        <Choice<RangeName>
          label="Span of time"
          options={RANGES}
          value={range}
          onChange={(value) => change({ range: value })}
        />
      </header>
      {usage.data === undefined ? (
        <Waiting asked={usage} />
      ) : totalsOf(usage.data.items).requests === 0 ? (
        <Teach />
      ) : (
        <>
          <Lines spans={usage.data.items} step={step === 'hour' ? HOUR_MS : DAY_MS} />
          <LatencyTable since={from} />
          <ModelTable since={from} />
        </>
      )}
    </div>
  );
}

interface LinesProps {
  readonly spans: readonly Activity[];
  readonly step: number;
}

function Lines({ spans, step }: LinesProps): ReactNode {
  const charts = useMemo(() => chartsOf(spans), [spans]);
  return (
    <div className="charts">
      {charts.map((chart) => (
        <Chart key={chart.title} {...chart} step={step} />
      ))}
    </div>
  );
}

function chartsOf(spans: readonly Activity[]) {
  const times = spans.map(({ from }) => from);
  const at = (share: number) => spans.map(({ latency }) => percentile(latency, share));
  return [
    {
      title: 'Latency (whole answer)',
      times,
      kind: 'lines',
      format: formatDuration,
      lines: [
        { label: 'p50', colour: '--c1', values: at(0.5) },
        { label: 'p90', colour: '--c4', values: at(0.9) },
        { label: 'p99', colour: '--c2', values: at(0.99) },
      ],
    },
    {
      title: 'Input read from the cache',
      times,
      kind: 'lines',
      format: percent,
      lines: [
        { label: 'share', colour: '--c1', values: spans.map(({ usage }) => cacheShare(usage)) },
      ],
    },
    {
      title: 'Cost',
      times,
      kind: 'bars',
      format: (value: number) => formatUsd(value * 1e9),
      lines: [
        {
          label: 'known cost',
          colour: '--c3',
          values: spans.map(({ cost }) =>
            cost.exact + cost.estimated === 0 ? null : cost.nanoUsd / 1e9,
          ),
        },
      ],
    },
    {
      title: 'Requests',
      times,
      kind: 'bars',
      format: formatCount,
      lines: [
        { label: 'all', colour: '--c1', values: spans.map(({ requests }) => requests) },
        { label: 'not completed', colour: '--c2', values: spans.map(({ failed }) => failed) },
      ],
    },
  ] as const;
}

const ROWS: readonly (readonly [keyof LatencyStats, string])[] = [
  ['upload', 'upload'],
  ['queue', 'queue'],
  ['connect', 'connect'],
  ['firstByte', 'first byte'],
  ['firstToken', 'first token'],
  ['tokensPerSecond', 'tokens per second'],
  ['gapP50', 'between pieces, p50'],
  ['gapP95', 'between pieces, p95'],
  ['gapP99', 'between pieces, p99'],
  ['overhead', 'added by LunaRoute'],
  ['total', 'total'],
];

function LatencyTable({ since }: { readonly since: number }): ReactNode {
  const latency = useLatency(since);
  if (latency.data === undefined) return <Waiting asked={latency} />;
  const stats = latency.data;
  const rows = ROWS.map(([key, name]) => ({
    key,
    cells: [name, ...spreadCells(stats[key], key === 'tokensPerSecond')],
  }));
  return (
    <Table
      title="How fast the newest completed exchanges were"
      columns={['what', 'p50', 'p95', 'max', 'measured']}
      rows={rows}
      empty=""
    />
  );
}

function spreadCells(spread: Spread | null, isRate: boolean): readonly string[] {
  if (spread === null) return [MISSING, MISSING, MISSING, '0'];
  const format = (value: number): string => (isRate ? value.toFixed(1) : fineTime(value));
  return [format(spread.p50), format(spread.p95), format(spread.max), formatCount(spread.count)];
}

function ModelTable({ since }: { readonly since: number }): ReactNode {
  const groups = useGroups('models', since);
  const rows = (groups.data?.items ?? []).map(({ key, stats }) => ({
    key,
    cells: [
      shownLine(key, 80),
      formatCount(stats.requests),
      count(stats.usage?.input),
      percent(cacheShare(stats.usage)),
      count(stats.usage?.output),
      stats.timed === 0 ? MISSING : formatDuration(stats.totalMs / stats.timed),
      costSumText(stats.cost),
    ],
  }));
  return (
    <Table
      title="Models"
      columns={['model', 'requests', 'in', 'cache', 'out', 'avg', 'cost']}
      rows={rows}
      empty="no model was asked in this span"
    />
  );
}
