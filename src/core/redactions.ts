/**
 * How many values redaction has replaced, by type (`EMAIL`, `API_KEY`, …). Never what they were.
 */
export type Redactions = Readonly<Record<string, number>>;

export const NO_REDACTIONS: Redactions = {};

export function addRedactions(a: Redactions, b: Redactions): Redactions {
  if (Object.keys(b).length === 0) return a;
  const sum: Record<string, number> = { ...a };
  for (const [type, count] of Object.entries(b)) sum[type] = (sum[type] ?? 0) + count;
  return sum;
}

export function countRedactions(redactions: Redactions): number {
  return Object.values(redactions).reduce((total, count) => total + count, 0);
}
