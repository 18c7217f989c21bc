/** `lunaroute export`: what to export, in which form, and where to. */
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { redactionOptions } from '../../config/redaction-options.ts';
import { UserError } from '../../core/errors.ts';
import { formatBytes } from '../../core/format.ts';
import type { History } from '../../core/ports.ts';
import { safeLine } from '../../core/text.ts';
import {
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportSelection,
  type ExportSource,
  exportRecords,
} from '../../export/export.ts';
import { openHistory } from '../../store/history/sqlite-history.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { requireSession } from '../open-records.ts';
import { redactionKey } from '../redaction-key.ts';
import { VERSION } from '../version.ts';
import { writeChunks } from '../write-chunks.ts';

/** More sessions than anybody has; each is a few hundred bytes until its turn comes. */
const MAX_SESSIONS = 1_000_000;

export async function runExport(invocation: Invocation): Promise<number> {
  const { context, option } = invocation;
  const output = textOf(option('output'));
  const format = formatOf(invocation, output);
  const body = directionOf(option('body'));
  if (body !== null && format !== 'raw') {
    throw new UserError('--body is for --format raw', {
      hint: 'Every other format has both bodies.',
      exitCode: 2,
    });
  }
  if (output === null && format === 'raw' && context.print.isTerminal) {
    throw new UserError('raw bytes may control your terminal', {
      hint: 'Name a file with -o, or send them through a pipe.',
    });
  }
  const { config } = loadFor(invocation);
  const history = openHistory(config.session_recording.sqlite.path);
  try {
    const selection = select(history, invocation);
    const source = option('redact') === true ? await redacted(history, invocation) : history;
    const options = { format, version: VERSION, ...(body === null ? {} : { body }) };
    await write(exportRecords(source, selection, options), output, invocation);
    return 0;
  } finally {
    history.close();
  }
}

async function write(
  chunks: Iterable<string | Uint8Array>,
  output: string | null,
  { context: { print } }: Invocation,
): Promise<void> {
  if (output === null) return await print.stream(chunks);
  if (existsSync(output)) {
    throw new UserError(`${safeLine(output)} exists already`, {
      hint: 'Name another file, or remove this one.',
    });
  }
  try {
    const bytes = await writeChunks(output, chunks);
    print.note(`wrote ${safeLine(output)} (${formatBytes(bytes)})`);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(`cannot write ${safeLine(output)}: ${error.message}`, {
      hint: 'Is there such a folder, may you write to it, and has it room?',
      cause: error,
    });
  }
}

function select(history: History, { args, option }: Invocation): ExportSelection {
  const since = option('since');
  const hasSince = typeof since === 'number';
  if (hasSince === args.length > 0) {
    throw new UserError(
      hasSince ? 'give ids or --since, not both' : 'nothing to export was named',
      { hint: 'Give the id of a session or an exchange, or last, or --since 7d.', exitCode: 2 },
    );
  }
  if (hasSince) {
    const sessions = history.sessions({ limit: MAX_SESSIONS, since, orderBy: 'started' });
    return { sessions: sessions.map(({ sessionId }) => sessionId).reverse(), exchanges: [] };
  }
  const exchanges = args.filter((id) => isExchange(history, id));
  const others = args.filter((id) => !exchanges.includes(id));
  return { sessions: others.map((id) => requireSession(history, id)), exchanges };
}

function isExchange(history: History, id: string): boolean {
  return history.resolveSession(id, 1).length === 0 && history.exchange(id) !== null;
}

function formatOf({ option, isJson }: Invocation, output: string | null): ExportFormat {
  const given = EXPORT_FORMATS.find((name) => name === option('format'));
  if (given !== undefined) return given;
  if (isJson) return 'json';
  if (output === null) return 'md';
  const extension = extname(output).slice(1).toLowerCase();
  const meant = EXPORT_FORMATS.find((name) => name === extension);
  if (meant !== undefined) return meant;
  throw new UserError(`the name ${safeLine(output)} does not say which format is meant`, {
    hint: `Give --format ${EXPORT_FORMATS.join('|')}, or name the file accordingly.`,
    exitCode: 2,
  });
}

/** With every kind of value looked for, whatever is configured for recording. */
async function redacted(history: History, invocation: Invocation): Promise<ExportSource> {
  const { config, dataDir } = loadFor(invocation);
  const recording = config.session_recording;
  const { secrets, pii } = recording;
  const everything = {
    detect_email: true,
    detect_phone: true,
    detect_ssn: true,
    detect_credit_card: true,
    detect_ip_address: true,
  };
  const strict = {
    ...config,
    session_recording: {
      ...recording,
      secrets: { ...secrets, enabled: true },
      pii: { ...pii, ...everything, enabled: true },
    },
  };
  const options = redactionOptions(strict, redactionKey(dataDir));
  if (options === null) throw new Error('redaction with everything on is off');
  const [{ loadRedactor }, { ExchangeRedaction }, { RedactedHistory }] = await Promise.all([
    import('../../redact/redactor.ts'),
    import('../../store/redaction/exchange-redaction.ts'),
    import('../../store/redaction/redacted-history.ts'),
  ]);
  return new RedactedHistory(history, new ExchangeRedaction(await loadRedactor(options)));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function directionOf(value: unknown): 'request' | 'response' | null {
  return value === 'request' || value === 'response' ? value : null;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
