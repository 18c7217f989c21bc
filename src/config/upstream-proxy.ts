/**
 * HTTP_PROXY, HTTPS_PROXY and NO_PROXY for upstream connections, by the rules that curl and most
 * tools share: lower-case names win, NO_PROXY lists hosts, domain suffixes, `host:port` or `*`.
 */
import { UserError } from '../core/errors.ts';
import type { Environment } from './paths.ts';

/** The proxy for an upstream's base URL, or null. Throws a UserError when the variable is no URL. */
export function upstreamProxy(baseUrl: string, env: Environment): string | null {
  const url = new URL(baseUrl);
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const text = variableOf(env, variable);
  if (!text || isExemptFromProxy(url, env)) return null;
  const proxy = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (proxy === null || !/^https?:$/.test(proxy.protocol)) {
    throw new UserError(`${variable} is not the URL of an HTTP proxy`, {
      hint: 'write it as http://host:port, or unset it',
    });
  }
  return proxy.href;
}

/** Whether NO_PROXY keeps requests to this URL away from proxies. */
export function isExemptFromProxy(url: URL, env: Environment): boolean {
  return isExempt(url, variableOf(env, 'NO_PROXY') ?? '');
}

function variableOf(env: Environment, name: string): string | undefined {
  return env[name.toLowerCase()] ?? env[name];
}

function isExempt(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const host = bare(url.hostname);
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, entryPort = port] = /^(.*?):(\d+)$/.exec(unambiguous(entry)) ?? [];
      const suffix = bare(name).replace(/^\*?\./, '');
      return entryPort === port && (host === suffix || host.endsWith(`.${suffix}`));
    });
}

/** An IPv6 address without brackets has colons but no port. */
function unambiguous(entry: string): string {
  const isBareIpv6 = !entry.startsWith('[') && entry.split(':').length > 2;
  return isBareIpv6 ? `[${entry}]` : entry;
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}
