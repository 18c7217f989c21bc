/**
 * `lunaroute redact test`: what would be found in a text of one's own, where and by which rule.
 * `lunaroute redact apply`: redacts what is already recorded; without --yes it only counts.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { text as readAll } from 'node:stream/consumers';
import { UserError } from '../../core/errors.ts';
import { formatCount } from '../../core/format.ts';
import { addRedactions, countRedactions, type Redactions } from '../../core/redactions.ts';
import { safeLine, safeText } from '../../core/text.ts';
import type { Finding } from '../../redact/finding.ts';
import { applyToJsonl } from '../../store/redaction/apply-jsonl.ts';
import { type ApplyResult, applyToDatabase } from '../../store/redaction/apply-sqlite.ts';
import { ExchangeRedaction } from '../../store/redaction/exchange-redaction.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { redactorFor } from '../redaction.ts';

/** Exit code 0 also when something was found: nothing has failed. */
export async function runRedactTest(invocation: Invocation): Promise<number> {
  const { context, args, isJson } = invocation;
  const { print } = context;
  const source = args[0] ?? '-';
  const redactor = await redactorFor(invocation);
  const text = source === '-' ? await readAll(process.stdin) : readFile(source);
  const found = redactor.find(text).map((finding) => placeOf(text, finding));
  if (isJson) {
    print.json(found);
    return 0;
  }
  for (const { line, column, type, rule, confidence, before, value, after } of found) {
    const sure = `${Math.round(confidence * 100)} %`;
    print.line(`${line}:${column}  ${print.style.bold(type)}  ${rule}  ${sure}`);
    print.line(`    ${flat(before)}${print.style.mark(flat(value))}${flat(after)}`);
  }
  print.note(`${formatCount(found.length)} found`);
  return 0;
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`cannot read ${safeLine(path)}: ${reason}`, {
      hint: 'Name a file, or - for what comes through a pipe.',
    });
  }
}

const AROUND = 40;
const MAX_VALUE = 200;

function placeOf(text: string, { start, end, type, rule, confidence }: Finding) {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', end);
  return {
    line: text.slice(0, start).split('\n').length,
    column: start - lineStart + 1,
    type,
    rule,
    confidence,
    before: text.slice(Math.max(lineStart, start - AROUND), start),
    value: text.slice(start, Math.min(end, start + MAX_VALUE)),
    after: text.slice(end, Math.min(lineEnd < 0 ? text.length : lineEnd, end + AROUND)),
  };
}

/** On one line, blanks kept. */
function flat(text: string): string {
  return safeText(text.replaceAll(/\s/g, ' '));
}

export async function runRedactApply(invocation: Invocation): Promise<number> {
  const { context, option, isJson } = invocation;
  const { sqlite, jsonl } = loadFor(invocation).config.session_recording;
  const redactor = await redactorFor(invocation);
  const since = option('since');
  const isDryRun = option('yes') !== true;
  const options = { since: typeof since === 'number' ? since : 0, isDryRun };
  // SQLite first: it refuses while a server records.
  const database = applyToDatabase(sqlite.path, new ExchangeRedaction(redactor), options);
  const files = applyToJsonl(jsonl.directory, redactor, options);
  if (isJson) {
    context.print.json({ dryRun: isDryRun, database, files });
    return 0;
  }
  const { print } = context;
  print.line(describe('SQLite', 'exchanges', database));
  print.line(describe('JSONL', 'lines', files));
  const total = countRedactions(addRedactions(database.redactions, files.redactions));
  if (isDryRun && total > 0) print.note('nothing was changed; with --yes it is');
  return 0;
}

function describe(where: string, what: string, { read, changed, redactions }: ApplyResult): string {
  const counts = `${formatCount(changed)} of ${formatCount(read)} ${what} with values`;
  return `${where}: ${counts}${typesOf(redactions)}`;
}

function typesOf(redactions: Redactions): string {
  const types = Object.entries(redactions).map(([type, count]) => `${type} ${formatCount(count)}`);
  return types.length === 0 ? '' : ` (${types.join(', ')})`;
}
