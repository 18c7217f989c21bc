/**
 * The three origins of values, each read into a layer: the file, the environment, the flags. Only
 * here do `~` and `${VAR}` expand and does text become the type that its key wants.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Diagnostic, Source } from './diagnostics.ts';
import { setVariables } from './environment.ts';
import { expandText } from './expand.ts';
import { type Environment, expandTilde } from './paths.ts';
import { findKey, type KeyInfo } from './schema-keys.ts';
import type { Layer } from './validate.ts';
import { convertText, isValues, joinPath, mergeValues, type Values, valueAt } from './values.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

/** A value that a flag of the command line sets. */
export interface FlagValue {
  /** As a person writes it, for messages: `--port`. */
  readonly flag: string;
  readonly path: readonly string[];
  readonly value: string | boolean;
}

export interface LoadInput {
  readonly env: Environment;
  readonly homeDir: string;
  readonly cwd: string;
  readonly configFlag: string | null;
  readonly flags: readonly FlagValue[];
}

export interface ReadLayer {
  readonly layer: Layer;
  readonly diagnostics: readonly Diagnostic[];
}

const DEFAULT_SOURCE: Source = { kind: 'default' };

/** `--config`, else LUNAROUTE_CONFIG, else config.yaml in the data folder when there is one. */
export function configFile(input: LoadInput, dataDir: string): string | null {
  const named = input.configFlag ?? input.env['LUNAROUTE_CONFIG'];
  if (named) return resolve(input.cwd, expandTilde(named, input.homeDir));
  const usual = join(dataDir, 'config.yaml');
  return existsSync(usual) ? usual : null;
}

export function fileLayer(
  file: string | null,
  input: LoadInput,
  keys: readonly KeyInfo[],
): ReadLayer {
  if (file === null)
    return { layer: { values: {}, locate: () => DEFAULT_SOURCE }, diagnostics: [] };
  const yaml = readFile(file);
  const diagnostics = [...yaml.diagnostics];
  const expand = (text: string, path: readonly string[]): unknown => {
    const expanded = expandText(text, input.env, input.homeDir);
    for (const name of expanded.unset) {
      diagnostics.push({
        severity: 'error',
        source: yaml.locate(path),
        key: joinPath(path),
        message: `the environment variable ${name} is not set; set it, or write \${${name}:-default}`,
      });
    }
    return text === expanded.text ? text : convertText(expanded.text, findKey(keys, path)?.kind);
  };
  const values = mapText(yaml.values, [], expand);
  return { layer: { values: isValues(values) ? values : {}, locate: yaml.locate }, diagnostics };
}

function readFile(file: string): YamlFile {
  try {
    return readYamlFile(file);
  } catch (error) {
    const source: Source = { kind: 'file', file, line: null, column: null };
    const reason = error instanceof Error ? error.message : String(error);
    const message = `cannot be read: ${reason}`;
    const diagnostics: Diagnostic[] = [{ severity: 'error', source, key: '', message }];
    return { values: {}, diagnostics, locate: () => source };
  }
}

export function environmentLayer(input: LoadInput, keys: readonly KeyInfo[]): Layer {
  const set = setVariables(input.env).map(({ binding, text }) => ({
    path: binding.path,
    value: convertText(expandTilde(text, input.homeDir), findKey(keys, binding.path)?.kind),
    source: { kind: 'environment', variable: binding.variable } as const,
  }));
  return layerOf(set);
}

export function flagLayer(input: LoadInput, keys: readonly KeyInfo[]): Layer {
  const set = input.flags.map(({ flag, path, value }) => ({
    path,
    value:
      typeof value === 'string'
        ? convertText(expandTilde(value, input.homeDir), findKey(keys, path)?.kind)
        : value,
    source: { kind: 'flag', flag } as const,
  }));
  return layerOf(set);
}

interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly source: Source;
}

function layerOf(settings: readonly Setting[]): Layer {
  const sources = new Map(settings.map(({ path, source }) => [joinPath(path), source]));
  const values = settings.reduce<Values>(
    (merged, { path, value }) => mergeValues(merged, valueAt(path, value)),
    {},
  );
  return { values, locate: (path) => sources.get(joinPath(path)) ?? DEFAULT_SOURCE };
}

type TextMapper = (text: string, path: readonly string[]) => unknown;

function mapText(value: unknown, path: readonly string[], map: TextMapper): unknown {
  if (typeof value === 'string') return map(value, path);
  if (Array.isArray(value)) {
    return value.map((item, index) => mapText(item, [...path, String(index)], map));
  }
  if (!isValues(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapText(item, [...path, key], map)]),
  );
}
