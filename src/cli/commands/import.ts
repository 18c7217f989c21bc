/** `lunaroute import …`: takes in what other programs recorded; with --watch, as they write it. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expandTilde } from '../../config/paths.ts';
import { redactionOptions } from '../../config/redaction-options.ts';
import { UserError } from '../../core/errors.ts';
import { formatBytes, formatCount, formatPlural } from '../../core/format.ts';
import { safeLine } from '../../core/text.ts';
import type { SourceFile } from '../../import/find-files.ts';
import { type ImportResult, importFiles } from '../../import/import-files.ts';
import { filesOf, readersOf, type SourceName } from '../../import/sources.ts';
import { ImportStore } from '../../store/import/import-store.ts';
import type { ExchangeRedaction } from '../../store/redaction/exchange-redaction.ts';
import type { Context, Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { pricerFor } from '../pricer.ts';
import { redactionKey } from '../redaction-key.ts';
import { makeProgressBar } from '../view/progress-bar.ts';

const WATCH_MS = 2_000;
const MAX_SHOWN = 20;

export async function runImport(invocation: Invocation, name: SourceName): Promise<number> {
  const { context, option, isJson } = invocation;
  const root = rootOf(name, invocation);
  const isWatching = option('watch') === true;
  if (isWatching && isJson) {
    throw new UserError('--json prints one document, so it cannot watch', { exitCode: 2 });
  }
  const stopped = new AbortController();
  context.onStopSignal(() => stopped.abort());
  const store = new ImportStore({
    path: loadFor(invocation).config.session_recording.sqlite.path,
    redaction: await redactionFor(invocation),
    onNotice: (notice) => context.print.note(notice),
    writeThread: new URL('./import-writer.js', import.meta.url),
    now: context.now,
  });
  try {
    const importer = makeImporter(invocation, name, { store, signal: stopped.signal });
    const result = await importer(filesOf(name, root));
    if (isJson) context.print.json(result);
    else report(result, context, stopped.signal.aborted);
    if (isWatching) await watch(() => filesOf(name, root), importer, context, stopped.signal);
    return 0;
  } finally {
    await store.close();
  }
}

type Importer = (files: readonly SourceFile[]) => Promise<ImportResult>;

function makeImporter(
  invocation: Invocation,
  name: SourceName,
  { store, signal }: { store: ImportStore; signal: AbortSignal },
): Importer {
  const { context } = invocation;
  const price = pricerFor(invocation);
  return async (files) => {
    const bar = makeProgressBar(context.print, () => performance.now());
    try {
      return await importFiles(files, {
        store,
        price,
        signal,
        now: context.now,
        ...readersOf(name),
        onProgress: async (progress) => {
          bar.show(progress);
          await sleep(0);
        },
      });
    } finally {
      bar.clear();
    }
  };
}

/** Reads what changed, again and again; what is still being written, once it rests. */
async function watch(
  find: () => SourceFile[],
  importer: Importer,
  { print }: Context,
  signal: AbortSignal,
): Promise<void> {
  print.note('watching; ctrl-c ends it');
  while (!signal.aborted) {
    await sleep(WATCH_MS, null, { signal }).catch(() => null);
    if (signal.aborted) return;
    const result = await importer(find());
    if (result.imported > 0) print.line(`${formatPlural(result.imported, 'exchange')} imported`);
    for (const line of badLines(result)) print.note(line);
  }
}

function report(result: ImportResult, { print }: Context, isStopped: boolean): void {
  const { files, unchanged, bytes, imported, known, badLines: bad, unsettled } = result;
  print.line(
    `${formatPlural(imported, 'exchange')} imported, ${formatCount(known)} known already; ` +
      `${formatPlural(files, 'file')} (${formatCount(unchanged)} unchanged), ${formatBytes(bytes)} read`,
  );
  for (const line of badLines(result)) print.note(line);
  if (bad > MAX_SHOWN) print.note(`… and ${formatCount(bad - MAX_SHOWN)} more: --json lists them`);
  if (unsettled > 0) {
    print.note(`${formatPlural(unsettled, 'file')} may still be written: import again for the end`);
  }
  if (isStopped) print.note('stopped; the next run goes on from here');
}

function badLines({ bad, badLines: count }: ImportResult): string[] {
  if (count === 0) return [];
  const lines = bad.slice(0, MAX_SHOWN).map(({ file, line, reason }) => {
    return `  ${safeLine(file)}${line === null ? '' : `:${line}`}: ${safeLine(reason)}`;
  });
  return [
    `${formatPlural(count, 'line')} could not be read and ${count === 1 ? 'was' : 'were'} left out:`,
    ...lines,
  ];
}

/** What was named, else where the program itself keeps its records. */
function rootOf(name: SourceName, invocation: Invocation): string {
  const { cwd, homeDir } = invocation.context;
  const named = invocation.args[0];
  const root =
    named === undefined ? defaultRoot(name, invocation) : resolve(cwd, expandTilde(named, homeDir));
  if (!existsSync(root)) {
    throw new UserError(`there is nothing at ${safeLine(root)}`, {
      hint: `Name the folder: lunaroute import ${name} <folder>`,
    });
  }
  return root;
}

function defaultRoot(name: SourceName, invocation: Invocation): string {
  const { env, homeDir } = invocation.context;
  switch (name) {
    case 'claude':
      return env['CLAUDE_CONFIG_DIR'] || join(homeDir, '.claude');
    case 'codex':
      return env['CODEX_HOME'] || join(homeDir, '.codex');
    case 'lunaroute':
      return join(homeDir, '.lunaroute', 'sessions');
    case 'jsonl':
      return loadFor(invocation).config.session_recording.jsonl.directory;
  }
}

/** As it is configured for recording; null when nothing is to be replaced. */
async function redactionFor(invocation: Invocation): Promise<ExchangeRedaction | null> {
  const { config, dataDir } = loadFor(invocation);
  const options = redactionOptions(config, redactionKey(dataDir));
  if (options === null) return null;
  const [{ loadRedactor }, { ExchangeRedaction: Redaction }] = await Promise.all([
    import('../../redact/redactor.ts'),
    import('../../store/redaction/exchange-redaction.ts'),
  ]);
  return new Redaction(await loadRedactor(options));
}
