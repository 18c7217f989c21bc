/** Proxy variables of this shell: they could take clients' requests away from LunaRoute. */
import { BUILT_IN_PROVIDERS } from '../../../config/schema.ts';
import { isExemptFromProxy, upstreamProxy } from '../../../config/upstream-proxy.ts';
import { UserError } from '../../../core/errors.ts';
import { clientHost, shownUrl } from '../../address.ts';
import { error, type Finding, warning } from '../finding.ts';
import { leadsToUs } from '../leads-to.ts';
import type { Check, Subject } from '../subject.ts';

/** Node's, curl's and Claude Code's; each may be written in small letters. */
const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

export const networkProxyCheck: Check = {
  name: 'proxies',
  look: (subject) => {
    const { env } = subject.invocation.context;
    const set = NAMES.filter((name) => env[name]);
    if (set.length === 0) return { summary: 'no proxy variable is set', findings: [] };
    const own = set.filter((name) => leadsToUs(withScheme(env[name] ?? ''), subject.loaded.config));
    return {
      summary: set.map((name) => `${name}=${shownUrl(withScheme(env[name] ?? ''))}`).join(', '),
      findings: [...isUs(own, subject), ...invalid(subject), ...notExempt(set, own, subject)],
    };
  },
};

function withScheme(value: string): string {
  return value.includes('://') ? value : `http://${value}`;
}

function isUs(names: readonly string[], { advice }: Subject): Finding[] {
  return names.map((name) =>
    error({
      id: 'proxy-is-us',
      what: `${name} leads to LunaRoute, which is a base URL and no such proxy: everything that obeys it fails`,
      where: name,
      mend: advice.variables({}, [name]),
    }),
  );
}

/** What LunaRoute itself would do with them. */
function invalid({ invocation, loaded, advice }: Subject): Finding[] {
  const { env } = invocation.context;
  for (const provider of Object.values(loaded.config.providers)) {
    const url = provider.base_url ?? BUILT_IN_PROVIDERS[provider.type ?? 'openai'].base_url;
    try {
      upstreamProxy(url, env);
    } catch (problem) {
      if (!(problem instanceof UserError)) throw problem;
      const stem = url.startsWith('https:') ? 'HTTPS_PROXY' : 'HTTP_PROXY';
      const names = [stem, stem.toLowerCase()].filter((name) => env[name]);
      const mend = advice.variables({}, names);
      return [error({ id: 'proxy-invalid', what: problem.message, where: stem, mend })];
    }
  }
  return [];
}

function notExempt(set: readonly string[], own: readonly string[], subject: Subject): Finding[] {
  const { invocation, url, loaded, advice } = subject;
  const { env } = invocation.context;
  const others = set.filter((name) => !own.includes(name));
  if (others.length === 0 || isExemptFromProxy(new URL(url), env)) return [];
  const spelt = env['no_proxy'] === undefined ? ['NO_PROXY'] : ['NO_PROXY', 'no_proxy'];
  const host = clientHost(loaded.config.host);
  const lists = spelt.map((name) => [
    name,
    [host, 'localhost', env[name]].filter(Boolean).join(','),
  ]);
  return [
    warning({
      id: 'proxy-in-the-way',
      what: `${others.join(' and ')} would take requests to ${host} away: NO_PROXY does not name it`,
      where: 'NO_PROXY',
      mend: advice.variables(Object.fromEntries(lists)),
    }),
  ];
}
