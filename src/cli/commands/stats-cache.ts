/** `lunaroute stats <id> --cache`: each turn's cached share, and why and at what cost it missed. */
import { type CacheFinding, coldAtOf, explainCache } from '../../core/cache-explain.ts';
import { causeText, warmText } from '../../core/cache-words.ts';
import { formatUsd, usdOf } from '../../core/cost.ts';
import { formatClock, formatCount } from '../../core/format.ts';
import type { History } from '../../core/ports.ts';
import type { Invocation } from '../context.ts';
import { pricerFor } from '../pricer.ts';
import { countCell, shareCell, textCell } from '../view/cells.ts';
import type { Cell, Sheet } from '../view/sheet.ts';

export function cacheOf(history: History, sessionId: string, invocation: Invocation): Sheet {
  const steps = history.cacheSteps(sessionId, Number(invocation.option('limit')));
  const findings = explainCache(steps, pricerFor(invocation));
  const coldAt = coldAtOf(steps);
  return {
    columns: [
      { title: 'TIME', name: 'started_at' },
      { title: 'MODEL', name: 'model' },
      { title: 'IN', name: 'input_tokens', align: 'right' },
      { title: 'READ', name: 'cache_read_tokens', align: 'right' },
      { title: 'WRITTEN', name: 'cache_write_tokens', align: 'right' },
      { title: 'CACHED', name: 'cached_share', align: 'right' },
      { title: 'MISSED', name: 'missed_tokens', align: 'right' },
      { title: 'COST OF MISS', name: 'missed_usd', align: 'right' },
      { title: 'WHY', name: 'cause' },
    ],
    rows: findings.map(rowOf),
    notes: [...totals(findings), ...coldNote(coldAt, invocation.context.now())],
    json: { sessionId, coldAt, findings },
  };
}

function rowOf(finding: CacheFinding): Cell[] {
  const { missedNanoUsd: amount, missed } = finding;
  return [
    { text: formatClock(finding.startedAt), value: new Date(finding.startedAt).toISOString() },
    textCell(finding.model),
    countCell(finding.input),
    countCell(finding.read),
    countCell(finding.written),
    shareCell(finding.share),
    missed === 0 ? { text: '', value: 0 } : countCell(missed),
    missed === 0 ? { text: '', value: 0 } : moneyCell(amount),
    textCell(causeText(finding)),
  ];
}

function moneyCell(nanoUsd: number | null): Cell {
  if (nanoUsd === null) return { text: 'unknown', value: null };
  return { text: formatUsd(nanoUsd), value: usdOf(nanoUsd) };
}

function totals(findings: readonly CacheFinding[]): string[] {
  if (findings.length === 0) return ['no turn of this session has token counts'];
  const sum = (pick: (finding: CacheFinding) => number): number =>
    findings.reduce((total, finding) => total + pick(finding), 0);
  const input = sum(({ input: tokens }) => tokens);
  const share = input === 0 ? 0 : sum(({ read }) => read) / input;
  const misses = findings.filter(({ missed }) => missed > 0);
  const priced = misses.every(({ missedNanoUsd }) => missedNanoUsd !== null);
  const amount = formatUsd(sum(({ missedNanoUsd }) => missedNanoUsd ?? 0));
  const cost = priced ? amount : `at least ${amount}`;
  const missed = formatCount(sum(({ missed: tokens }) => tokens));
  return [
    `${(share * 100).toFixed(1)}% of ${formatCount(input)} input tokens came from the cache.`,
    misses.length === 0
      ? 'No miss.'
      : `${misses.length} ${misses.length === 1 ? 'miss' : 'misses'}: ${missed} tokens paid again, ${cost} more than with a hit.`,
  ];
}

function coldNote(coldAt: number | null, now: number): string[] {
  const warm = warmText(coldAt, now);
  return warm === null ? [] : [`The cache stays warm for ${warm} more.`];
}
