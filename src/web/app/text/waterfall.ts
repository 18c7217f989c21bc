/**
 * A session's exchanges on one axis of time: when the model answered and when tools ran. Waits of a
 * person are cut short, else an hour's break would leave nothing else to see; each cut is named. Pure.
 */
import type { ExchangeLine } from '../../../core/ports.ts';

export interface Fall {
  readonly line: ExchangeLine;
  /** Places on the shortened axis, 0 to 1. */
  readonly start: number;
  readonly end: number;
  /** Where tools ran until the next request of the same session; null when no tool was asked for. */
  readonly toolEnd: number | null;
  readonly toolMs: number | null;
  /** The person's wait before it, when it was cut; else null. */
  readonly idleMs: number | null;
}

const LONGEST_IDLE_MS = 5000;

/** `lines` oldest first; a running one lasts until `now`. */
export function waterfallOf(lines: readonly ExchangeLine[], now: number): readonly Fall[] {
  let cut = 0;
  let reached = lines[0]?.startedAt ?? 0;
  let tools = false;
  const places = lines.map((line, index) => {
    const idle = line.startedAt - reached;
    const isCut = !tools && idle > LONGEST_IDLE_MS;
    if (isCut) cut += idle - LONGEST_IDLE_MS;
    const endAt = line.startedAt + (line.durationMs ?? Math.max(0, endless(line, now)));
    const next = lines[index + 1];
    tools = line.toolNames.length > 0 && next !== undefined;
    const toolMs = tools && next !== undefined ? Math.max(0, next.startedAt - endAt) : null;
    reached = Math.max(reached, endAt);
    const start = line.startedAt - cut;
    const end = endAt - cut;
    return { line, start, end, toolMs, idleMs: isCut ? idle : null };
  });
  const first = places[0]?.start ?? 0;
  const last = Math.max(...places.map(({ end, toolMs }) => end + (toolMs ?? 0)), first + 1);
  const share = (at: number): number => (at - first) / (last - first);
  return places.map(({ line, start, end, toolMs, idleMs }) => ({
    line,
    start: share(start),
    end: share(end),
    toolEnd: toolMs === null ? null : share(end + toolMs),
    toolMs,
    idleMs,
  }));
}

/** How long a running one has lasted; one that ended without being timed has no length. */
function endless({ outcome, startedAt }: ExchangeLine, now: number): number {
  return outcome === null ? now - startedAt : 0;
}
