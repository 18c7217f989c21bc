/** Points in time as a person writes them. Pure. */

const UNITS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

export const WHEN_FORMS = '30m, 2h, 7d, 1w or a date like 2026-11-24';

/** `30m`, `2h`, `7d`, `1w` before `now`, or a date; epoch milliseconds, null for anything else. */
export function parseWhen(text: string, now: number): number | null {
  const [, amount, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  const unitMs = UNITS[unit];
  if (amount !== undefined && unitMs !== undefined) return now - Number(amount) * unitMs;
  // A date alone would be read as UTC: a person means the local day.
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00`) : Date.parse(text);
  return !/^\d{4}-/.test(text) || Number.isNaN(at) ? null : at;
}
