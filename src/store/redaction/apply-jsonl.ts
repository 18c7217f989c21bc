/**
 * Redacts the JSONL files that are already there, plain and compressed: each line's string values as
 * the recorder would have written them. A file is replaced whole, by rename, or not at all.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { addRedactions, NO_REDACTIONS, type Redactions } from '../../core/redactions.ts';
import { replaceWhole } from '../../files/whole-file.ts';
import { rewriteLiteral, rewriteStrings } from '../../redact/json.ts';
import type { RedactedText, Redactor } from '../../redact/redactor.ts';
import { redactQuery } from '../../redact/url.ts';
import { dateFolders } from '../jsonl/file-name.ts';
import { unpackFile } from '../jsonl/packed-file.ts';
import type { ApplyOptions, ApplyResult } from './apply-sqlite.ts';

const COMPRESSED = '.jsonl.zst';
const NEWLINE = 0x0a;

/** `read` and `changed` count lines. Nothing to do where there is no folder. */
export function applyToJsonl(
  directory: string,
  redactor: Redactor,
  options: ApplyOptions,
): ApplyResult {
  let result: ApplyResult = { read: 0, changed: 0, redactions: NO_REDACTIONS };
  for (const path of filesIn(directory)) {
    const lines = new Lines(redactor, options.since);
    const isCompressed = path.endsWith(COMPRESSED);
    const after = lines.rewrite(isCompressed ? unpackFile(path) : readFileSync(path));
    if (lines.changed > 0 && !options.isDryRun) {
      replaceWhole(path, isCompressed ? zstdCompressSync(after) : after);
    }
    result = {
      read: result.read + lines.read,
      changed: result.changed + lines.changed,
      redactions: addRedactions(result.redactions, lines.redactions),
    };
  }
  return result;
}

function filesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return dateFolders(directory).flatMap((folder) =>
    readdirSync(join(directory, folder))
      .filter((name) => name.endsWith('.jsonl') || name.endsWith(COMPRESSED))
      .map((name) => join(directory, folder, name)),
  );
}

/** The lines of one file. */
class Lines {
  read = 0;
  changed = 0;
  redactions: Redactions = NO_REDACTIONS;
  readonly #redactor: Redactor;
  readonly #since: number;

  constructor(redactor: Redactor, since: number) {
    this.#redactor = redactor;
    this.#since = since;
  }

  rewrite(bytes: Buffer): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline + 1;
      pieces.push(this.#line(bytes.subarray(start, end)));
      start = end;
    }
    return Buffer.concat(pieces);
  }

  #line(line: Buffer): Uint8Array {
    this.read += 1;
    const at = AT.exec(line.toString('latin1', 0, 200))?.[1];
    if (at !== undefined && Date.parse(at) < this.#since) return line;
    const { bytes, redactions } = rewriteStrings(line, (literal, key) =>
      rewriteLiteral(literal, (value) => this.#value(value, key)),
    );
    if (bytes !== line) this.changed += 1;
    this.redactions = addRedactions(this.redactions, redactions);
    return bytes;
  }

  #value(value: string, key: string): RedactedText {
    if (key === 'target') return redactQuery(value, this.#redactor);
    return key === 'session_id'
      ? this.#redactor.redactId(value)
      : this.#redactor.redactValue(value, key);
  }
}

/** Stands near the beginning of every line. */
const AT = /"at":"([^"]{10,40})"/;
