/** Writes exchanges that SQLite has to JSONL, where they are missing: appended, as when they happened. */
import type { ExchangeEnd } from '../../core/exchange.ts';
import { codecFor } from '../../dialects/registry.ts';
import { readBody } from '../bodies.ts';
import { openReadOnly } from '../database.ts';
import {
  EXCHANGE_ROWS,
  type ExchangeRow,
  endOf,
  requestBodyOf,
  requestOf,
} from '../history/exchange-row.ts';
import { JsonlSink } from '../jsonl-sink.ts';
import { contentCodings, decodeBody, parseJson } from '../recorder/content-coding.ts';
import { toolCallsOf } from '../recorder/make-end.ts';
import { SegmentReader } from '../segments/segment-store.ts';
import type { SinkItem } from '../sink.ts';
import { unpackHeaders } from '../sqlite/headers.ts';
import { partsFromJson } from '../sqlite/parts.ts';

const NOTHING = new Uint8Array(0);

/** Throws the system's error when the files cannot be written. */
export function fillJsonl(path: string, directory: string, exchangeIds: readonly string[]): void {
  const database = openReadOnly(path);
  const sink = new JsonlSink({ directory, onNotice: () => undefined });
  try {
    const segments = new SegmentReader(database);
    const find = database.prepare<[string], ExchangeRow>(`${EXCHANGE_ROWS} WHERE exchange_id = ?`);
    for (const id of [...exchangeIds].sort()) {
      const row = find.get(id);
      if (row !== undefined) sink.write(itemsOf(row, segments));
    }
  } finally {
    sink.close();
    database.close();
  }
}

function itemsOf(row: ExchangeRow, segments: SegmentReader): SinkItem[] {
  const requestHeaders = unpackHeaders(row.request_headers, segments);
  const request = requestOf(row, { requestHeaders, toolResults: [] });
  const bytes = readBody(requestBodyOf(row), segments);
  const codings = row.request_redacted === 1 ? [] : contentCodings(requestHeaders);
  const decoded = bytes === null ? null : decodeBody(bytes, codings);
  const json = decoded === null ? undefined : parseJson(decoded);
  const isRead = row.dialect !== null && json !== undefined;
  const view = isRead && row.dialect !== null ? codecFor(row.dialect).parseRequest(json) : null;
  const end = endItem(row, segments);
  const items: SinkItem[] = [{ kind: 'request', request, view, body: bytes ?? NOTHING, decoded }];
  return end === null ? items : [...items, { kind: 'end', request, end, body: NOTHING }];
}

function endItem(row: ExchangeRow, segments: SegmentReader): ExchangeEnd | null {
  const end = endOf(row);
  if (end === null) return null;
  const parts = row.parts_segment === null ? [] : partsFromJson(segments.get(row.parts_segment));
  return {
    ...end,
    parts,
    toolCalls: toolCallsOf(parts),
    responseHeaders:
      row.response_headers === null ? [] : unpackHeaders(row.response_headers, segments),
    rateLimits: null,
  };
}
