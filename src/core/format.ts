/**
 * Numbers, durations and sizes as a person reads them; one look in commands, screens and pages.
 * What is not known is the word `unknown`, never 0.
 */

/** `1234567` → `1,234,567`. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 file`, `1,200 files`. */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Milliseconds as `45ms`, `2.3s`, `3m 20s`, `2h 5m`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return 'unknown';
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const minutes = Math.floor(Math.round(ms / 1000) / 60);
  if (minutes < 60) return `${minutes}m ${Math.round(ms / 1000) % 60}s`;
  return `${formatCount(Math.floor(minutes / 60))}h ${minutes % 60}m`;
}

/** Bytes as `512 B`, `1.2 kB`, `40.0 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** step).toFixed(1)} ${units[step - 1]}`;
}

/** Wall-clock time of day, local: `14:03:22`. */
export function formatClock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
}

/** Local date and time: `2026-11-24 14:03`. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const day = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())];
  return `${day.join('-')} ${formatClock(at).slice(0, 5)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** A count in at most 5 characters: `950`, `12.3k`, `1.2M`. */
export function formatCompact(value: number): string {
  if (value < 1000) return String(Math.round(value));
  const units = ['k', 'M', 'G', 'T'];
  const step = Math.min(units.length, Math.floor(Math.log10(Math.round(value)) / 3));
  const scaled = value / 1000 ** step;
  return `${scaled < 99.95 ? scaled.toFixed(1) : Math.round(scaled)}${units[step - 1]}`;
}
