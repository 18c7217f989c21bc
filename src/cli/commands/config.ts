/** `lunaroute config show` and `config check`: what is in effect and why, and what is wrong. */
import { describeDiagnostic, describeSource } from '../../config/diagnostics.ts';
import { configKeys, type LoadedConfig, loadConfig } from '../../config/load.ts';
import { findKey } from '../../config/schema-keys.ts';
import { isValues, joinPath, leafPaths } from '../../config/values.ts';
import { safeLine } from '../../core/text.ts';
import { shownUrl } from '../address.ts';
import type { Invocation } from '../context.ts';
import { loadFor, loadInput } from '../load-config.ts';

interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly source: string;
  readonly help: string;
}

export function runConfigShow(invocation: Invocation): number {
  const loaded = loadFor(invocation);
  const entries = entriesOf(loaded);
  const { print } = invocation.context;
  if (invocation.isJson) {
    print.json({ file: loaded.file, dataDir: loaded.dataDir, values: entries });
    return 0;
  }
  const lines = entries.map((entry) => ({
    ...entry,
    text: `${entry.key}: ${safeLine(JSON.stringify(entry.value))}`,
  }));
  const width = Math.min(60, Math.max(...lines.map(({ text }) => text.length)));
  for (const { text, source, help } of lines) {
    if (invocation.option('explain') === true) print.line(print.style.dim(`# ${help}`));
    print.line(`${text.padEnd(width)}  ${print.style.dim(`# ${safeLine(source)}`)}`);
  }
  for (const warning of loaded.warnings) print.note(safeLine(describeDiagnostic(warning)));
  return 0;
}

function entriesOf({ config, sources, dataDir }: LoadedConfig): Entry[] {
  const keys = configKeys(dataDir);
  return leafPaths(config).map((path) => {
    const key = joinPath(path);
    const source = sources.get(key);
    return {
      key,
      value: shownValue(path, config),
      source: describeSource(source ?? { kind: 'default' }),
      help: findKey(keys, path)?.description ?? '',
    };
  });
}

const SECRETS: ReadonlySet<string> = new Set(['api_key', 'auth_token', 'hmac_secret']);

/** Keys and passwords are never shown: only what tells one from another. */
function shownValue(path: readonly string[], config: LoadedConfig['config']): unknown {
  const value = path.reduce<unknown>((at, name) => (isValues(at) ? at[name] : undefined), config);
  const name = path.at(-1);
  if (typeof value !== 'string') return value;
  if (SECRETS.has(name ?? '')) return value.length < 12 ? '…' : `…${value.slice(-4)}`;
  return name === 'base_url' ? shownUrl(value) : value;
}

/** Exit code 1 when there are errors; warnings alone are 0. */
export function runConfigCheck(invocation: Invocation): number {
  const { loaded, diagnostics, file } = loadConfig(loadInput(invocation));
  const { print } = invocation.context;
  const isValid = loaded !== null;
  if (invocation.isJson) {
    print.json({ file, valid: isValid, problems: diagnostics });
    return isValid ? 0 : 1;
  }
  for (const diagnostic of diagnostics) print.line(safeLine(describeDiagnostic(diagnostic)));
  const what = file === null ? 'the configuration (no file)' : safeLine(file);
  if (isValid) print.line(`${print.style.good('ok')}  ${what}`);
  else print.note(`${print.noteStyle.bad('not valid')}  ${what}`);
  return isValid ? 0 : 1;
}
