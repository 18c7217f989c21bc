// The hard tests (test/hard) prove promises over many cases; each group says how many there were.
// Each group has a short form, part of npm test, and a long one: npm run test:hard, which sets
// LUNAROUTE_HARD=long (LUNAROUTE_HARD=short npm run test:hard runs the short forms alone).
import { vi } from 'vitest';

const IS_LONG = process.env['LUNAROUTE_HARD'] === 'long';

/** Many cases take long on a slow machine, which is no failure: wherever they run, npm test included. */
vi.setConfig({ testTimeout: IS_LONG ? 3_600_000 : 600_000, hookTimeout: 300_000 });

/** How many of something this run takes. */
export function sized(short: number, long: number): number {
  return IS_LONG ? long : short;
}

/** What cases are drawn from: in npm test the same each time, else new ones (LUNAROUTE_SEED repeats them). */
export function drawnFrom(): number {
  const wanted = process.env['LUNAROUTE_SEED'] ?? (IS_LONG ? 'random' : '20261125');
  return wanted === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(wanted);
}

/** One line a group: `hard: credentials: cases run 1350, requests answered 1200`. */
export function report(group: string, counts: Readonly<Record<string, number | string>>): void {
  const facts = Object.entries(counts).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`hard: ${group}: ${facts.join(', ')}\n`);
}
