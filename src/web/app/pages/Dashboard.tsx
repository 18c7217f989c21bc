/** What happened today, in 7 or in 30 days, and what happens now. */

import { type ReactNode, useMemo } from 'react';
import { errorsOf, modelsOf, toolsOf } from '../../../core/activity.ts';
import { formatCostSum } from '../../../core/cost.ts';
import { formatCompact, formatCount } from '../../../core/format.ts';
import { percentile } from '../../../core/histogram.ts';
import type { Activity, ExchangeLine } from '../../../core/ports.ts';
import { useGroups, useLimits, useRecent, useUsage } from '../api/queries.ts';
import { Chart } from '../parts/Chart.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Limits } from '../parts/Limits.tsx';
import { LiveStrip } from '../parts/LiveStrip.tsx';
import { Table } from '../parts/Table.tsx';
import { Teach } from '../parts/Teach.tsx';
import { type Tile, Tiles } from '../parts/Tiles.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { useWords } from '../routes.ts';
import { DAY_MS, HOUR_MS, RANGES, type RangeName, rangeOf, totalsOf } from '../text/activity.ts';
import { shownLine } from '../text/foreign.ts';
import {
  cacheShare,
  clientName,
  costSumText,
  count,
  MISSING,
  percent,
  took,
} from '../text/numbers.ts';
import { useToday } from '../text/today.ts';
import { useTitle } from '../title.ts';

const MAX_ROWS = 10;

export function Dashboard(): ReactNode {
  const [words, change] = useWords();
  useTitle('Dashboard');
  const range = RANGES.find(({ value }) => value === words.get('range'))?.value ?? 'today';
  const recent = useRecent(12);
  const today = useToday();
  const { from, step } = useMemo(() => rangeOf(range, today), [range, today]);
  // Asked at once, not one after the other.
  const usage = useUsage(from, step);
  useGroups('clients', from);
  if (recent.data === undefined) return <Waiting asked={recent} />;
  return (
    <div className="page">
      <header className="page-head">
        <h1>Dashboard</h1>
        <Choice<RangeName>
          label="Span of time"
          options={RANGES}
          value={range}
          onChange={(value) => change({ range: value })}
        />
      </header>
      {recent.data.items.length === 0 ? (
        <>
          <LiveStrip recent={[]} />
          <Teach />
        </>
      ) : (
        <Span usage={usage} from={from} step={step} recent={recent.data.items} />
      )}
    </div>
  );
}

interface SpanProps {
  readonly usage: ReturnType<typeof useUsage>;
  readonly from: number;
  readonly step: 'hour' | 'day';
  readonly recent: readonly ExchangeLine[];
}

function Span({ usage, from, step, recent }: SpanProps): ReactNode {
  if (usage.data === undefined) return <Waiting asked={usage} />;
  const spans = usage.data.items;
  return (
    <>
      <SumTiles spans={spans} from={from} />
      <LiveStrip recent={recent} />
      <Charts spans={spans} step={step === 'hour' ? HOUR_MS : DAY_MS} />
      <div className="cards">
        <Models spans={spans} />
        <Tools spans={spans} />
        <Clients from={from} />
        <Errors spans={spans} />
      </div>
      <LimitsCard />
    </>
  );
}

interface SumProps {
  readonly spans: readonly Activity[];
  readonly from: number;
}

function SumTiles({ spans, from }: SumProps): ReactNode {
  const groups = useGroups('clients', from).data?.items;
  // A session has one client.
  const sessions = groups?.reduce((sum, { stats }) => sum + stats.sessions, 0);
  return <Tiles tiles={tilesOf(spans, sessions)} />;
}

function tilesOf(spans: readonly Activity[], sessions: number | undefined): readonly Tile[] {
  const { requests, failed, usage, cost, latency } = totalsOf(spans);
  const at = (share: number): string => took(percentile(latency, share));
  return [
    {
      name: 'Tokens in',
      value: count(usage?.input),
      note: usage === null ? undefined : `cache read ${percent(cacheShare(usage))}`,
    },
    {
      name: 'Tokens out',
      value: count(usage?.output),
      note: usage === null ? undefined : `thinking ${formatCompact(usage.reasoning)}`,
    },
    { name: 'Cost', value: costSumText(cost), note: certaintyNote(cost) },
    { name: 'Sessions', value: sessions === undefined ? MISSING : formatCount(sessions) },
    {
      name: 'Requests',
      value: formatCount(requests),
      note: `${formatCount(failed)} not completed`,
      look: failed > 0 ? 'bad' : undefined,
    },
    { name: 'Latency p50', value: at(0.5), note: `p90 ${at(0.9)}, p99 ${at(0.99)}` },
  ];
}

function certaintyNote({ exact, estimated, unpriced }: Activity['cost']): string | undefined {
  const parts = [
    ...(exact > 0 ? [`${formatCompact(exact)} exact`] : []),
    ...(estimated > 0 ? [`${formatCompact(estimated)} estimated`] : []),
    ...(unpriced > 0 ? [`${formatCompact(unpriced)} unknown`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

function Charts({
  spans,
  step,
}: {
  readonly spans: readonly Activity[];
  readonly step: number;
}): ReactNode {
  const times = useMemo(() => spans.map(({ from }) => from), [spans]);
  const tokens = useMemo(
    () => [
      { label: 'in', colour: '--c1', values: spans.map(({ usage }) => usage?.input ?? null) },
      { label: 'out', colour: '--c2', values: spans.map(({ usage }) => usage?.output ?? null) },
    ],
    [spans],
  );
  const money = useMemo(
    () => [{ label: 'cost', colour: '--c3', values: spans.map(({ cost }) => knownAmount(cost)) }],
    [spans],
  );
  return (
    <div className="charts">
      <Chart
        title="Tokens"
        times={times}
        lines={tokens}
        format={formatCompact}
        kind="bars"
        step={step}
      />
      <Chart
        title="Cost"
        times={times}
        lines={money}
        format={formatDollars}
        kind="bars"
        step={step}
      />
    </div>
  );
}

function knownAmount(cost: Activity['cost']): number | null {
  return cost.exact + cost.estimated === 0 ? null : cost.nanoUsd / 1e9;
}

function formatDollars(value: number): string {
  return formatCostSum({ nanoUsd: value * 1e9, exact: 1, estimated: 0, unpriced: 0 });
}

interface SpansProps {
  readonly spans: readonly Activity[];
}

function Models({ spans }: SpansProps): ReactNode {
  const models = modelsOf(spans);
  const total = models.reduce((sum, row) => sum + row.inputTokens + row.outputTokens, 0);
  const rows = models.slice(0, MAX_ROWS).map((row) => ({
    key: row.model ?? '',
    share: total === 0 ? 0 : (row.inputTokens + row.outputTokens) / total,
    cells: [
      shownLine(row.model ?? 'unknown', 60),
      formatCount(row.requests),
      formatCount(row.failed),
      formatCompact(row.inputTokens),
      formatCompact(row.outputTokens),
      costSumText(row.cost),
    ],
  }));
  return (
    <Table
      title="Models"
      columns={['model', 'requests', 'failed', 'in', 'out', 'cost']}
      rows={rows}
      empty="no model was asked in this span"
    />
  );
}

function Tools({ spans }: SpansProps): ReactNode {
  const tools = toolsOf(spans);
  const most = tools[0]?.calls ?? 1;
  const rows = tools.slice(0, MAX_ROWS).map((tool) => ({
    key: tool.name,
    share: tool.calls / most,
    cells: [
      shownLine(tool.name, 60),
      formatCount(tool.calls),
      formatCount(tool.failures),
      tool.timed === 0 ? MISSING : took(tool.totalMs / tool.timed),
    ],
  }));
  return (
    <Table
      title="Tools"
      columns={['tool', 'calls', 'failed', 'avg']}
      rows={rows}
      empty="no tool was called in this span"
    />
  );
}

function Clients({ from }: { readonly from: number }): ReactNode {
  const groups = useGroups('clients', from);
  const rows = (groups.data?.items ?? []).slice(0, MAX_ROWS).map(({ key, stats }) => ({
    key,
    cells: [
      shownLine(clientName(key), 60),
      formatCount(stats.sessions),
      formatCount(stats.requests),
      count(stats.usage?.input),
      count(stats.usage?.output),
      costSumText(stats.cost),
    ],
  }));
  return (
    <Table
      title="Clients"
      columns={['client', 'sessions', 'requests', 'in', 'out', 'cost']}
      rows={rows}
      empty="no client was seen in this span"
    />
  );
}

function Errors({ spans }: SpansProps): ReactNode {
  const rows = errorsOf(spans)
    .slice(0, MAX_ROWS)
    .map((error) => ({
      key: error.code,
      cells: [shownLine(error.code, 80), formatCount(error.count)],
    }));
  return (
    <Table
      title="Not completed"
      columns={['reason', 'count']}
      rows={rows}
      empty="everything was completed"
    />
  );
}

function LimitsCard(): ReactNode {
  const limits = useLimits();
  return limits.data === undefined || limits.data.items.length === 0 ? null : (
    <Limits accounts={limits.data.items} />
  );
}
