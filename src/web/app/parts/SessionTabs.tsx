/** The tabs of a session beside its timeline: tokens, the prompt cache, tools. */
import { type ReactNode, useMemo } from 'react';
import { causeText, warmText } from '../../../core/cache-words.ts';
import { formatUsd } from '../../../core/cost.ts';
import { formatBytes, formatClock, formatCompact, formatCount } from '../../../core/format.ts';
import type { ExchangeLine } from '../../../core/ports.ts';
import { useSessionCache, useSessionTools } from '../api/queries.ts';
import { shownLine } from '../text/foreign.ts';
import { count, MISSING, percent, took } from '../text/numbers.ts';
import { exchangePath } from '../text/route.ts';
import { Chart } from './Chart.tsx';
import { Link } from './Link.tsx';
import { Table } from './Table.tsx';
import { Waiting } from './Waiting.tsx';

const MAX_CHART = 500;

export function TokensTab({ lines }: { readonly lines: readonly ExchangeLine[] }): ReactNode {
  const shown = useMemo(
    () => lines.filter(({ usage }) => usage !== null).slice(-MAX_CHART),
    [lines],
  );
  const numbers = useMemo(() => shown.map((_, index) => index + 1), [shown]);
  const charted = useMemo(
    () => [
      { label: 'in', colour: '--c1', values: shown.map(({ usage }) => usage?.input ?? null) },
      {
        label: 'of it from the cache',
        colour: '--c4',
        values: shown.map(({ usage }) => usage?.cacheRead ?? null),
      },
      { label: 'out', colour: '--c2', values: shown.map(({ usage }) => usage?.output ?? null) },
    ],
    [shown],
  );
  const rows = lines.map((line, index) => {
    const { usage } = line;
    return {
      key: line.id,
      cells: [
        <Link key="to" to={exchangePath(line.id)}>
          {index + 1}, {formatClock(line.startedAt)}
        </Link>,
        count(usage?.input),
        count(usage?.cacheRead),
        count(usage === null ? null : usage.cacheWrite5m + usage.cacheWrite1h),
        count(usage?.output),
        count(usage?.reasoning),
      ],
    };
  });
  return (
    <>
      {shown.length < 2 ? null : (
        <Chart
          title="Tokens per exchange"
          times={numbers}
          lines={charted}
          format={formatCompact}
          kind={shown.length > 60 ? 'lines' : 'bars'}
          step={1}
          isNumbered
        />
      )}
      <Table
        title="Tokens"
        columns={['exchange', 'in', 'cached', 'written', 'out', 'thinking']}
        rows={rows.slice(-MAX_CHART)}
        empty="no exchange yet"
      />
    </>
  );
}

export function CacheTab({ id }: { readonly id: string }): ReactNode {
  const cache = useSessionCache(id);
  if (cache.data === undefined) return <Waiting asked={cache} />;
  const { findings, coldAt } = cache.data;
  const warm = warmText(coldAt, Date.now());
  const rows = findings.map((finding) => ({
    key: finding.exchangeId,
    share: finding.share,
    cells: [
      <Link key="to" to={exchangePath(finding.exchangeId)}>
        {formatClock(finding.startedAt)}
      </Link>,
      formatCompact(finding.input),
      formatCompact(finding.read),
      formatCompact(finding.written),
      percent(finding.share),
      finding.missed === 0 ? '' : formatCompact(finding.missed),
      missPrice(finding.missed, finding.missedNanoUsd),
      shownLine(causeText(finding), 160),
    ],
  }));
  return (
    <>
      {warm === null ? null : <p className="dim">cache warm for {warm}</p>}
      <Table
        title="Prompt cache"
        columns={['exchange', 'in', 'read', 'written', 'share', 'missed', 'for', 'why']}
        rows={rows}
        empty="no exchange has said what its cache did"
      />
    </>
  );
}

function missPrice(missed: number, nanoUsd: number | null): string {
  if (missed === 0) return '';
  return nanoUsd === null ? MISSING : formatUsd(nanoUsd);
}

export function ToolsTab({ id }: { readonly id: string }): ReactNode {
  const asked = useSessionTools(id);
  if (asked.data === undefined) return <Waiting asked={asked} />;
  const { tools, sizes } = asked.data;
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const sizeOf = new Map(sizes.map((size) => [size.name, size]));
  const names = [...new Set([...byName.keys(), ...sizeOf.keys()])];
  const most = Math.max(...tools.map(({ calls }) => calls), 1);
  const rows = names.map((name) => {
    const tool = byName.get(name);
    const size = sizeOf.get(name);
    const tokens = size?.definitionTokens ?? null;
    return {
      key: name,
      share: (tool?.calls ?? 0) / most,
      cells: [
        shownLine(name, 80),
        formatCount(tool?.calls ?? 0),
        formatCount(tool?.failures ?? 0),
        tool === undefined || tool.timed === 0 ? MISSING : took(tool.totalMs / tool.timed),
        took(tool?.maxMs),
        size === undefined ? MISSING : formatBytes(size.argumentBytes),
        size === undefined ? MISSING : formatBytes(size.resultBytes),
        tokens === null ? MISSING : `~${formatCompact(tokens)}`,
      ],
    };
  });
  const total = sizes.reduce((sum, { definitionTokens }) => sum + (definitionTokens ?? 0), 0);
  return (
    <>
      <Table
        title="Tools"
        columns={['tool', 'calls', 'failed', 'avg', 'worst', 'sent', 'received', 'def tok']}
        rows={rows}
        empty="this session used and defined no tools"
      />
      {names.length === 0 ? null : (
        <p className="dim">
          Definitions add about {formatCompact(total)} tokens to every request (their share of its
          bytes). Avg and worst: from the answer that asked to the request with the result,
          permission included.
        </p>
      )}
    </>
  );
}
