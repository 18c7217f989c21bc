/**
 * Passes 103 Early Hints on, as far as node:http can write them: an answer to nothing, so that what
 * goes wrong here is ignored. Must never touch the answer proper.
 */
import type { ServerResponse } from 'node:http';

/** `raw`: the flat header list of the 103. HTTP/1.0 clients know no 1xx and get none. */
export function sendEarlyHints(res: ServerResponse, raw: readonly string[]): void {
  if (res.req.httpVersionMinor === 0) return;
  const hints: Record<string, string[]> = {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    hints[name] = [...(hints[name] ?? []), raw[i + 1] ?? ''];
  }
  try {
    res.writeEarlyHints(hints);
  } catch {
    // node:http refuses some valid Link values; a hint that is lost costs nothing.
  }
}
