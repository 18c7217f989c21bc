/** A chart over time, drawn by uPlot in the colours of the theme; its numbers are read out as a label. */
import { type ReactNode, useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatTime } from '../../../core/format.ts';
import { onLook } from '../theme.ts';

interface Line {
  readonly label: string;
  /** A colour variable of the style sheet: `--c1`. */
  readonly colour: string;
  /** null: nothing was measured there. */
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  readonly title: string;
  /** Epoch milliseconds, growing; or 1, 2, 3 … where `isNumbered`. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  readonly kind: 'bars' | 'lines';
  /** What one bar stands for: milliseconds, or 1. */
  readonly step: number;
  readonly isNumbered?: boolean;
}

const HEIGHT = 170;
const DAY_MS = 86_400_000;

export function Chart(props: ChartProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let plot = draw(element, props);
    const redraw = (): void => {
      plot.destroy();
      plot = draw(element, props);
    };
    const stopLook = onLook(redraw);
    const size = new ResizeObserver(() => {
      if (Math.abs(plot.width - element.clientWidth) > 1) {
        plot.setSize({ width: element.clientWidth, height: HEIGHT });
      }
    });
    size.observe(element);
    return () => {
      size.disconnect();
      stopLook();
      plot.destroy();
    };
  }, [props]);
  return (
    <figure className="chart">
      <figcaption>{props.title}</figcaption>
      <div ref={box} className="chart-box" role="img" aria-label={describe(props)} />
    </figure>
  );
}

function describe({ title, lines, format }: ChartProps): string {
  const words = lines.map(({ label, values }) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0
      ? `${label}: nothing measured`
      : `${label}: up to ${format(Math.max(...known))}`;
  });
  return `${title}. ${words.join('; ')}`;
}

/** Of the axis: a number, an hour, or a day as the tables write it. */
function label(at: number | null, { step, isNumbered = false }: ChartProps): string {
  if (at === null) return '';
  if (isNumbered) return Number.isInteger(at) ? String(at) : '';
  const text = formatTime(at * 1000);
  return step < DAY_MS ? text.slice(11) : text.slice(5, 10);
}

function draw(element: HTMLElement, props: ChartProps): uPlot {
  const { times, lines, format, kind, step, isNumbered = false } = props;
  const unit = isNumbered ? 1 : 1000;
  const styles = getComputedStyle(element);
  const colour = (name: string): string => styles.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--dim'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  const bars = uPlot.paths.bars?.({ size: [0.7, 40], align: 0 });
  const half = step / unit / 2;
  const first = (times[0] ?? 0) / unit;
  const last = (times.at(-1) ?? 0) / unit;
  return new uPlot(
    {
      width: Math.max(100, element.clientWidth),
      height: HEIGHT,
      cursor: { y: false, points: { size: 6 } },
      legend: { show: true, live: true },
      scales: {
        x: { time: !isNumbered, range: () => [first - half, last + half] },
        y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
      },
      axes: [
        { ...axis, size: 28, values: (_plot, ticks) => ticks.map((tick) => label(tick, props)) },
        { ...axis, size: 58, values: (_plot, ticks) => ticks.map((tick) => format(tick)) },
      ],
      series: [
        { label: isNumbered ? 'exchange' : 'time', value: (_plot, at) => label(at, props) },
        ...lines.map((line) => ({
          label: line.label,
          stroke: colour(line.colour),
          ...(kind === 'bars' && bars !== undefined
            ? { fill: colour(line.colour), paths: bars, points: { show: false } }
            : { width: 2, points: { show: times.length < 60, size: 5 }, spanGaps: false }),
          value: (_plot: uPlot, value: number | null) => (value == null ? '–' : format(value)),
        })),
      ],
    },
    [times.map((at) => at / unit), ...lines.map(({ values }) => [...values])],
    element,
  );
}
