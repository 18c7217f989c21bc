// The figures that issue 9 promises, each with its bound, and how they compare with the committed ones.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { table } from './stats.ts';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it should be at most (or at least); null for what is only told. */
  readonly bound: { readonly atMost: number } | { readonly atLeast: number } | null;
}

export class Figures {
  readonly #figures: Figure[] = [];

  add(name: string, value: number, unit: string, bound: Figure['bound'] = null): void {
    this.#figures.push({ name, value, unit, bound });
  }

  print(): void {
    const rows = this.#figures.map(({ name, value, unit, bound }) => [
      name,
      `${value.toFixed(2)} ${unit}`,
      boundText(bound),
      bound === null ? '' : isMet(value, bound) ? 'met' : 'MISSED',
    ]);
    console.log(`\n${table(['figure', 'value', 'target', ''], rows)}`);
  }

  /** A report, never a failure: machines differ, and so do runs. */
  compareWith(file: string): void {
    if (!existsSync(file)) return;
    const baseline = JSON.parse(readFileSync(file, 'utf8')) as Saved;
    const of = (name: string) => baseline.figures.find((figure) => figure.name === name)?.value;
    const rows = this.#figures.map(({ name, value, unit }) => {
      const then = of(name);
      const change = then === undefined ? '' : `${((value / then - 1) * 100).toFixed(0)} %`;
      return [name, then === undefined ? '-' : `${then.toFixed(2)} ${unit}`, change];
    });
    console.log(`\nAgainst ${baseline.date} (${baseline.machine}):`);
    console.log(table(['figure', 'then', 'change'], rows));
  }

  save(file: string, details: object): void {
    const saved: Saved = {
      date: new Date().toISOString().slice(0, 10),
      machine: machine(),
      figures: this.#figures,
      ...details,
    };
    writeFileSync(file, `${JSON.stringify(saved, null, 1)}\n`);
  }
}

interface Saved {
  readonly date: string;
  readonly machine: string;
  readonly figures: readonly Figure[];
}

export function machine(): string {
  return `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}`;
}

function boundText(bound: Figure['bound']): string {
  if (bound === null) return '';
  return 'atMost' in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`;
}

function isMet(value: number, bound: NonNullable<Figure['bound']>): boolean {
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
}
