/** The tabs of an exchange that are facts rather than conversation: headers, timing, bodies. Pure. */
import { formatCost } from '../../core/cost.ts';
import { formatBytes, formatClock, formatCount, formatDuration } from '../../core/format.ts';
import type { LiveExchange } from '../../core/live-state.ts';
import type { ExchangeDetail } from '../../core/ports.ts';
import { safeLine } from '../../core/text.ts';
import { type DocLine, line, pretty, textDoc } from './exchange-text.ts';

const LABEL = 16;
/** Bytes of a body on the screen. */
const MAX_BODY = 400_000;

export function headersDoc(detail: ExchangeDetail, width: number): DocLine[] {
  return [
    line(`-- request ${'-'.repeat(20)}`, 'title'),
    ...textDoc(`${detail.method} ${detail.target}`, width, 'bold'),
    ...headerLines(detail.requestHeaders, width),
    line(''),
    line(`-- response ${'-'.repeat(20)}`, 'title'),
    line(`  status ${detail.end?.status ?? 'none yet'}`, 'bold'),
    ...headerLines(detail.responseHeaders, width),
  ];
}

function headerLines(flat: readonly string[], width: number): DocLine[] {
  const lines: DocLine[] = [];
  for (let index = 0; index < flat.length; index += 2) {
    lines.push(...textDoc(`${flat[index]}: ${flat[index + 1] ?? ''}`, width, null));
  }
  return lines;
}

/** A waterfall: when each phase began and how long it took. */
export function timingDoc(detail: ExchangeDetail, width: number): DocLine[] {
  const timing = detail.end?.timing;
  if (timing === undefined) return [line('  still running: times are known at its end')];
  const total = timing.ended ?? 0;
  const connectEnd = timing.sent;
  const connectStart =
    timing.connect === null || connectEnd === null ? null : connectEnd - timing.connect;
  const room = Math.max(10, width - LABEL - 16);
  const phases: [string, number | null, number | null][] = [
    ['upload', 0, timing.received],
    ['queue', timing.received, connectStart ?? timing.sent],
    ['connect', connectStart, connectEnd],
    ['first byte', timing.sent, timing.firstByte],
    ['first token', timing.firstByte, timing.firstToken],
    ['stream', timing.firstToken ?? timing.firstByte, timing.ended],
  ];
  return [
    ...phases.map(([name, from, to]) => phaseLine(name, [from, to, total], room)),
    line(''),
    line(`  ${'total'.padEnd(LABEL)}${formatDuration(timing.ended)}`, 'bold'),
    line(`  ${'added by us'.padEnd(LABEL)}${overhead(timing.overhead)}`),
  ];
}

function phaseLine(
  name: string,
  [from, to, total]: readonly [number | null, number | null, number],
  room: number,
): DocLine {
  const label = `  ${name.padEnd(LABEL)}`;
  if (from === null || to === null) {
    const why = name === 'connect' ? 'reused a connection' : 'not measured';
    return line(`${label}${why}`, 'dim');
  }
  const scale = total > 0 ? room / total : 0;
  const start = Math.min(room - 1, Math.floor(Math.max(0, from) * scale));
  const length = Math.max(1, Math.round(Math.max(0, to - from) * scale));
  const drawn = ' '.repeat(start) + '='.repeat(Math.min(length, room - start));
  return line(`${label}${drawn.padEnd(room)} ${overhead(Math.max(0, to - from))}`, 'accent');
}

/** Fractions of a millisecond matter here. */
function overhead(ms: number | null): string {
  return ms !== null && ms < 10 ? `${ms.toFixed(2)}ms` : formatDuration(ms);
}

export function factsDoc(detail: ExchangeDetail, live: LiveExchange | undefined): string[] {
  const { end } = detail;
  const usage = end?.usage ?? live?.usage ?? null;
  const state =
    end === null
      ? `running, ${live?.status ?? 'no answer yet'}`
      : `${end.outcome}${end.errorCode === null ? '' : ` (${end.errorCode})`}, status ${end.status ?? 'none'}`;
  const tokens =
    usage === null
      ? 'tokens unknown'
      : `in ${formatCount(usage.input)} (cached ${formatCount(usage.cacheRead)}), out ${formatCount(usage.output)}`;
  return [
    [
      formatClock(detail.startedAt),
      state,
      detail.client,
      end?.modelUsed ?? detail.model ?? 'no model',
    ].join(', '),
    `${tokens}${end === null ? '' : `, cost ${formatCost(end.cost)}, took ${formatDuration(end.timing.ended)}`}`,
    ...(end?.errorMessage ? [`error: ${end.errorMessage}`] : []),
    ...(end?.isPartial === true ? ['the recorder did not see all of it'] : []),
  ].map(safeLine);
}

/** Bytes as they crossed the wire; laid out where they are JSON. */
export function bodyDoc(
  bytes: Uint8Array | null,
  encoding: string | null,
  { width, isPretty }: { width: number; isPretty: boolean },
): DocLine[] {
  if (bytes === null) return [line('  not stored (wholly): see docs on what is recorded', 'dim')];
  if (encoding !== null && encoding !== 'identity') {
    return [
      line(
        `  ${formatBytes(bytes.length)}, ${safeLine(encoding)} on the wire; the conversation tab shows it decoded`,
        'dim',
      ),
    ];
  }
  const text = Buffer.from(bytes.subarray(0, MAX_BODY)).toString('utf8');
  const left = bytes.length - MAX_BODY;
  return [
    line(`  ${formatBytes(bytes.length)}`, 'dim'),
    ...textDoc(isPretty && left <= 0 ? pretty(text) : text, width, null),
    ...(left > 0 ? [line(`  … ${formatBytes(left)} more: e exports all`, 'warn')] : []),
  ];
}

/** What is known of an exchange that the history does not hold. */
export function unwrittenFact(live: LiveExchange | undefined, isRecorded: boolean): string {
  if (!isRecorded) return 'nothing is recorded: only the running answer is shown';
  if (live === undefined) return 'this exchange is not in the history (yet)';
  const { startedAt, client, model } = live.request;
  return `${formatClock(startedAt)}, being recorded, ${client}, ${model ?? ''}`;
}
