/**
 * The whole screen as lines: header, views, the view in view, status and key hints. Always exactly as
 * many lines as the terminal has rows: one more would make Ink clear the screen with every frame.
 */
import { formatBytes, formatCompact } from '../core/format.ts';
import type { ServerFacts } from '../core/live-source.ts';
import type { LiveState } from '../core/live-state.ts';
import { safeLine } from '../core/text.ts';
import { bindingsOf, keyName, VIEWS, type ViewName } from './keymap.ts';
import { type SpeedMeter, sparkline } from './state/speed-meter.ts';
import { clip, fitCell } from './text/cells.ts';
import type { Style, Theme } from './theme.ts';
import { cacheShare, costSumText } from './views/exchange-columns.ts';

export const MIN_COLUMNS = 60;
export const MIN_ROWS = 15;
/** Header, views; status, hints. */
export const HEAD_LINES = 2;
export const FOOT_LINES = 2;

export interface FrameParts {
  readonly columns: number;
  readonly rows: number;
  readonly theme: Theme;
  readonly facts: ServerFacts;
  readonly state: LiveState;
  readonly speed: SpeedMeter;
  readonly view: ViewName;
  readonly title: string;
  readonly body: readonly string[];
  /** What is typed into, or said, in place of the status. */
  readonly message: { readonly text: string; readonly style: Style | null } | null;
  readonly isPaused: boolean;
  readonly isAttached: boolean;
  readonly lostReason: string | null;
  readonly clock: string;
}

const MIN_SPARK = 6;
const MAX_SPARK = 60;
/** The shown speed is the mean of so many seconds. */
const RATE_SECONDS = 3;

export function composeFrame(parts: FrameParts): string[] {
  const { columns, rows } = parts;
  if (columns < MIN_COLUMNS || rows < MIN_ROWS) return exactly([oneLine(parts)], rows);
  const body = exactly(parts.body, rows - HEAD_LINES - FOOT_LINES);
  return [headerLine(parts), viewsLine(parts), ...body, statusLine(parts), hintsLine(parts)];
}

function exactly(lines: readonly string[], count: number): string[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) => lines[index] ?? '');
}

/** Too small for a view: still worth something. */
function oneLine({ columns, state, facts }: FrameParts): string {
  const { total, running } = state;
  const failed = failedOf(state);
  const port = facts.url.split(':').at(-1) ?? '';
  return clip(
    `LunaRoute :${port} ${running.size} run ${total.requests} req ${failed} err (needs ${MIN_COLUMNS}x${MIN_ROWS})`,
    columns,
  );
}

function headerLine({ columns, theme, facts, state, speed, clock }: FrameParts): string {
  const left = ` LunaRoute ${facts.version}  ${facts.url}`;
  const room = columns - left.length - clock.length - 2;
  const long = numbersText(state, ['running', 'requests', 'failed']);
  const numbers = long.length < room ? long : numbersText(state, ['run', 'req', 'err']);
  const spark = sparkText(speed, room - numbers.length - 3);
  const middle = fitCell(`  ${numbers}`, Math.max(0, room - spark.length));
  return (
    theme.paint(clip(left, columns), 'title') +
    middle +
    theme.paint(spark, 'accent') +
    theme.paint(` ${clock}`, 'dim')
  );
}

/** Of this run: what is going on, what it took, what it cost. */
function numbersText(state: LiveState, [run, req, err]: readonly [string, string, string]): string {
  const { total, running } = state;
  const { usage } = total;
  const counts = [
    `${running.size} ${run}`,
    `${formatCompact(total.requests)} ${req}`,
    `${formatCompact(failedOf(state))} ${err}`,
  ];
  if (usage === null) return counts.join('  ');
  const tokens = `in ${formatCompact(usage.input)} (${cacheShare(usage)} cached)`;
  return [...counts, tokens, `out ${formatCompact(usage.output)}`, costSumText(total.cost)].join(
    '  ',
  );
}

/** As long a past as fits; nothing when that would be too short to see anything. */
function sparkText(speed: SpeedMeter, room: number): string {
  const recent = speed.perSecond(RATE_SECONDS);
  const rate = recent.reduce((sum, value) => sum + value, 0) / RATE_SECONDS;
  const words = ` ~${formatCompact(rate)} tok/s `;
  const width = Math.min(MAX_SPARK, room - words.length - 1);
  return width < MIN_SPARK ? '' : ` ${sparkline(speed.perSecond(width))}${words}`;
}

function failedOf({ total }: LiveState): number {
  return total.requests - (total.outcomes.completed ?? 0);
}

/** Where each view's name stands in its line, for clicks. */
export function viewAt(column: number, columns: number): ViewName | null {
  let at = 1;
  for (const label of viewLabels(columns)) {
    if (column >= at && column < at + label.text.length) return label.name;
    at += label.text.length + 1;
  }
  return null;
}

const WIDE = 110;

function viewLabels(columns: number): { name: ViewName; text: string }[] {
  return VIEWS.map((name, index) => {
    const text = `${index + 1} ${name[0]?.toUpperCase()}${name.slice(1)}`;
    return { name, text: columns < WIDE ? text : ` ${text} ` };
  });
}

function viewsLine({ columns, theme, view, title }: FrameParts): string {
  const placed = viewLabels(columns);
  const labels = placed.map(({ name, text }) => {
    if (name !== view) return theme.paint(text, 'dim');
    return theme.paint(theme.name === 'none' ? `[${text.trim()}]` : text, 'inverse');
  });
  const used = placed.reduce((sum, { text }) => sum + text.length + 1, 1);
  return ` ${labels.join(' ')} ${theme.paint(clip(title, columns - used - 3), 'bold')}`;
}

function statusLine(parts: FrameParts): string {
  const { columns, theme, message, state, facts, isPaused, isAttached, lostReason } = parts;
  if (message !== null) return theme.paint(fitCell(` ${message.text}`, columns - 1), message.style);
  const { recorder } = state;
  const trouble = lostReason === null ? recorder?.degraded[0] : `server lost: ${lostReason}`;
  if (trouble !== undefined) return theme.paint(fitCell(` ! ${trouble}`, columns - 1), 'bad');
  const words = [
    ...(facts.exposure === null ? [] : [`! ${safeLine(facts.exposure)}`]),
    ...(isPaused ? ['PAUSED (p goes on)'] : []),
    facts.isRecording ? 'recording' : 'NOT RECORDING',
    ...(isAttached ? [`attached to pid ${facts.pid}`] : []),
    `queue ${formatBytes(recorder?.queueBytes ?? 0)}`,
    `dropped ${formatBytes(recorder?.droppedBytes ?? 0)}`,
    `errors ${recorder?.writeErrors ?? 0}`,
    ...limitWords(state),
    ...(facts.uiUrl === null ? [] : [`ui ${facts.uiUrl}`]),
  ];
  const isLoud = isPaused || facts.exposure !== null;
  return theme.paint(clip(` ${words.join('  ')}`, columns - 1), isLoud ? 'warn' : 'dim');
}

const MAX_LIMITS = 2;

/** The limits of which most is used, as the providers last said. */
function limitWords({ report }: LiveState): string[] {
  const used = [...report.limits.values()]
    .flatMap(({ limits }) => limits)
    .flatMap(({ name, usedShare }) => (usedShare === null ? [] : [{ name, usedShare }]))
    .sort((a, b) => b.usedShare - a.usedShare)
    .slice(0, MAX_LIMITS)
    .map(({ name, usedShare }) => `${safeLine(name)} ${Math.round(usedShare * 100)}%`);
  return used.length === 0 ? [] : [`limits ${used.join(', ')}`];
}

function hintsLine({ columns, theme, view }: FrameParts): string {
  const hints = bindingsOf(view)
    .filter(({ hint }) => hint !== undefined)
    .map(({ keys, hint }) => `${keyName(keys[0] ?? '')} ${hint}`);
  return theme.paint(clip(` ${hints.join('  ')}`, columns - 1), 'dim');
}
