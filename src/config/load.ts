/**
 * Configuration from its layers: defaults, file, environment, flags; later wins. Collects every
 * problem of every layer and knows where each value came from. Does no I/O but reading the file.
 */
import { isLoopbackHost } from '../core/guard.ts';
import { nearest } from '../core/nearest.ts';
import { configurationError, type Diagnostic, type Source } from './diagnostics.ts';
import { unknownVariables } from './environment.ts';
import { configFile, environmentLayer, fileLayer, flagLayer, type LoadInput } from './layers.ts';
import { dataDirectory } from './paths.ts';
import { BUILT_IN_PROVIDERS, type Config, configSchema } from './schema.ts';
import { type KeyInfo, listKeys } from './schema-keys.ts';
import { type Layer, validateLayer } from './validate.ts';
import { isValues, joinPath, leafPaths, mergeValues, type Values } from './values.ts';

export interface LoadedConfig {
  readonly config: Config;
  readonly dataDir: string;
  /** The file that was read, or null when there is none. */
  readonly file: string | null;
  /** By dotted key; a key that is missing here has its default. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly warnings: readonly Diagnostic[];
}

export interface LoadResult {
  /** null when there are errors. */
  readonly loaded: LoadedConfig | null;
  readonly file: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

export function loadConfig(input: LoadInput): LoadResult {
  const dataDir = dataDirectory(input.env, input.homeDir);
  const schema = configSchema(dataDir);
  const keys = listKeys(schema);
  const file = configFile(input, dataDir);
  const fromFile = fileLayer(file, input, keys);
  const layers = [fromFile.layer, environmentLayer(input, keys), flagLayer(input, keys)];
  const problems = [
    ...fromFile.diagnostics,
    ...layers.flatMap((layer) => validateLayer(schema, keys, layer)),
  ];
  const warnings = unknownVariables(input.env);
  if (problems.length > 0) return { loaded: null, file, diagnostics: [...problems, ...warnings] };

  const config = schema.parse(mergeLayers(layers));
  const sources = sourcesOf(layers);
  const conflicts = crossCheck(config, sources);
  const diagnostics = [...conflicts, ...warnings];
  if (conflicts.length > 0) return { loaded: null, file, diagnostics };
  return { loaded: { config, dataDir, file, sources, warnings: diagnostics }, file, diagnostics };
}

/** The configuration, or one UserError that lists everything that is wrong with it. */
export function requireConfig(input: LoadInput): LoadedConfig {
  const { loaded, diagnostics } = loadConfig(input);
  if (loaded === null) throw configurationError(diagnostics);
  return loaded;
}

/** Keys and help texts, for commands that explain them. */
export function configKeys(dataDir: string): KeyInfo[] {
  return listKeys(configSchema(dataDir));
}

/** The layers over the built-in providers; a further provider gets the base URL of its type. */
function mergeLayers(layers: readonly Layer[]): Values {
  const merged = layers.reduce<Values>((below, { values }) => mergeValues(below, values), {
    providers: BUILT_IN_PROVIDERS,
  });
  const providers = isValues(merged['providers']) ? merged['providers'] : {};
  const completed = Object.entries(providers).map(([name, provider]) => {
    const type = isValues(provider) ? provider['type'] : undefined;
    const usual = Object.values(BUILT_IN_PROVIDERS).find((known) => known.type === type);
    return [name, isValues(provider) ? mergeValues(usual ?? {}, provider) : provider];
  });
  return { ...merged, providers: Object.fromEntries(completed) };
}

function sourcesOf(layers: readonly Layer[]): Map<string, Source> {
  const found = layers.flatMap(({ values, locate }) =>
    leafPaths(values).map((path) => [joinPath(path), locate(path)] as const),
  );
  return new Map(found);
}

const OPEN_UI =
  'other machines would see everything that was recorded: set ui.auth_token (16 characters or more), which browsers then give as the password';

/** What one key says about another: nothing that a single layer could know. */
function crossCheck(config: Config, sources: ReadonlyMap<string, Source>): Diagnostic[] {
  const names = Object.keys(config.providers);
  const error = (key: string, message: string): Diagnostic => ({
    severity: 'error',
    source: sourceBelow(sources, key),
    key,
    message,
  });
  const untyped = names
    .filter((name) => config.providers[name]?.type === undefined)
    .map((name) => {
      const near = nearest(name, Object.keys(BUILT_IN_PROVIDERS));
      const hint = near === null ? '' : `, or did you mean providers.${near}?`;
      return error(`providers.${name}`, `needs a type (openai or anthropic)${hint}`);
    });
  const badRoutes = config.routes.flatMap(({ provider }) => {
    if (config.providers[provider]?.enabled) return [];
    const near = nearest(provider, names);
    const hint = near === null || near === provider ? '' : `. Did you mean ${near}?`;
    return [error('routes', `no enabled provider is named ${provider}${hint}`)];
  });
  const hasProvider = Object.values(config.providers).some(({ enabled }) => enabled);
  const none = hasProvider ? [] : [error('providers', 'all are disabled; enable at least one')];
  const { ui } = config;
  const isOpen = ui.enabled && ui.auth_token === undefined && !isLoopbackHost(ui.host);
  const exposed = isOpen ? [error('ui.host', OPEN_UI)] : [];
  return [...untyped, ...badRoutes, ...none, ...exposed];
}

/** The place of a key, or of the first value below it. */
function sourceBelow(sources: ReadonlyMap<string, Source>, key: string): Source {
  const below = [...sources].find(([name]) => name === key || name.startsWith(`${key}.`));
  return below?.[1] ?? { kind: 'default' };
}
