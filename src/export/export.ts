/**
 * Recorded exchanges as something to keep or to hand on. Reads the history as a port, writes nothing:
 * the result is chunks, made as they are taken, with one exchange in memory at a time.
 */
import type { Direction } from '../core/ports.ts';
import { harChunks } from './har.ts';
import { htmlChunks } from './html.ts';
import { jsonChunks } from './json.ts';
import { jsonlChunks } from './jsonl.ts';
import { markdownChunks } from './markdown.ts';
import { rawChunks } from './raw.ts';
import { type ExportSelection, type ExportSource, groupsOf } from './source.ts';

export type { ExportSelection, ExportSource } from './source.ts';

export const EXPORT_FORMATS = ['html', 'md', 'json', 'jsonl', 'har', 'raw'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  readonly format: ExportFormat;
  /** Of LunaRoute; a HAR names its maker. */
  readonly version: string;
  /** With `raw`: the bodies of this direction and nothing else. */
  readonly body?: Direction;
}

/** Never throws for what was recorded; passes on what the history throws. */
export function exportRecords(
  source: ExportSource,
  selection: ExportSelection,
  { format, version, body }: ExportOptions,
): Generator<string | Uint8Array, void> {
  switch (format) {
    case 'html':
      return htmlChunks(groupsOf(source, selection));
    case 'md':
      return markdownChunks(groupsOf(source, selection));
    case 'json':
      return jsonChunks(groupsOf(source, selection));
    case 'jsonl':
      return jsonlChunks(groupsOf(source, selection), source);
    case 'har':
      return harChunks(source, selection, version);
    case 'raw':
      return rawChunks(groupsOf(source, selection), source, body ?? null);
  }
}
