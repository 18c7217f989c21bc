/**
 * The recorded bytes: each exchange as two HTTP messages, or one direction's bodies and nothing else.
 * Heads are told as they were recorded, credentials masked.
 */
import type { Direction, ExchangeDetail } from '../core/ports.ts';
import type { ExportGroup, ExportSource } from './source.ts';

const LINE_END = '\r\n';

/** @param only bodies of this direction, byte for byte; null: whole messages. */
export function* rawChunks(
  groups: Iterable<ExportGroup>,
  source: ExportSource,
  only: Direction | null,
): Generator<string | Uint8Array, void> {
  for (const { exchanges } of groups) {
    for (const exchange of exchanges) {
      if (only !== null) yield source.rawBody(exchange.id, only) ?? '';
      else yield* messages(exchange, source);
    }
  }
}

function* messages(
  exchange: ExchangeDetail,
  source: ExportSource,
): Generator<string | Uint8Array, void> {
  const { id, method, target, requestHeaders, responseHeaders, end } = exchange;
  yield head(`${method} ${target} HTTP/1.1`, requestHeaders);
  yield source.rawBody(id, 'request') ?? '';
  yield LINE_END;
  if (end === null || end.status === null) return;
  yield head(`HTTP/1.1 ${end.status}`, responseHeaders);
  yield source.rawBody(id, 'response') ?? '';
  yield LINE_END;
}

function head(first: string, flat: readonly string[]): string {
  const lines = flat.flatMap((text, index) =>
    index % 2 === 0 ? [`${text}: ${flat[index + 1] ?? ''}`] : [],
  );
  return [first, ...lines, '', ''].join(LINE_END);
}
