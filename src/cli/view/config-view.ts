/** The configuration in effect, key by key, as a command and the page show it: nothing secret in it. */
import { describeSource } from '../../config/diagnostics.ts';
import { configKeys, type LoadedConfig } from '../../config/load.ts';
import { findKey } from '../../config/schema-keys.ts';
import { isValues, joinPath, leafPaths } from '../../config/values.ts';
import type { ConfigView } from '../../web/api-types.ts';
import { shownUrl } from '../address.ts';

export function configView({ config, sources, dataDir, file }: LoadedConfig): ConfigView {
  const keys = configKeys(dataDir);
  const values = leafPaths(config).map((path) => {
    const key = joinPath(path);
    const source = sources.get(key);
    return {
      key,
      value: shownValue(path, config),
      source: describeSource(source ?? { kind: 'default' }),
      help: findKey(keys, path)?.description ?? '',
    };
  });
  return { file, dataDir, values };
}

const SECRET = new Set(['api_key', 'hmac_secret', 'auth_token']);

/** Keys and passwords are never shown: only what tells one from another. */
function shownValue(path: readonly string[], config: LoadedConfig['config']): unknown {
  const value = path.reduce<unknown>((at, name) => (isValues(at) ? at[name] : undefined), config);
  const name = path.at(-1);
  if (typeof value !== 'string') return value;
  if (SECRET.has(name ?? '')) return value.length < 12 ? '…' : `…${value.slice(-4)}`;
  return name === 'base_url' ? shownUrl(value) : value;
}
