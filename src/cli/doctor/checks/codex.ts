/** Whether Codex's config.toml takes it past LunaRoute, or to a LunaRoute that is not there. */
import { existsSync, readFileSync } from 'node:fs';
import { shownUrl } from '../../address.ts';
import { baseUrlOf, foreignProvider, providerBaseUrl } from '../../setup/codex-config.ts';
import { codexConfig } from '../../setup/codex-file.ts';
import { error, type Finding, warning } from '../finding.ts';
import { leadsToUs } from '../leads-to.ts';
import { type Check, isServed, type Subject } from '../subject.ts';

export const codexCheck: Check = {
  name: 'Codex',
  look: (subject) => {
    const file = codexConfig(subject.invocation.context);
    const isOffered = subject.loaded.config.api_dialect !== 'anthropic';
    if (!isOffered || !existsSync(file)) return { summary: 'no config.toml', findings: [] };
    const text = readFileSync(file, 'utf8');
    return { summary: summaryOf(text, file, subject), findings: findingsOf(text, file, subject) };
  },
};

function summaryOf(text: string, file: string, { loaded }: Subject): string {
  const own = baseUrlOf(text);
  return own !== null && leadsToUs(own, loaded.config)
    ? `${file} leads here`
    : `${file}; \`lunaroute env\` and \`run\` give it the base URL`;
}

function findingsOf(text: string, file: string, subject: Subject): Finding[] {
  const provider = foreignProvider(text);
  if (provider !== null) return ofProvider(provider, { text, file, subject });
  const url = baseUrlOf(text);
  if (url === null) return [];
  const { advice, loaded } = subject;
  const setUp = advice.command('setup codex --yes', 'address');
  if (!leadsToUs(url, loaded.config)) {
    const what = `openai_base_url is ${shownUrl(url)}: Codex goes past LunaRoute`;
    return [warning({ id: 'codex-base-url', what, where: file, mend: setUp })];
  }
  // clients/README: Codex then asks ChatGPT where to send its requests, and goes there.
  if (/\/backend-api\/codex\/*$/.test(url)) {
    const what =
      'openai_base_url ends in /backend-api/codex: Codex then goes where ChatGPT tells it';
    return [warning({ id: 'codex-base-url', what, where: file, mend: setUp })];
  }
  if (isServed(subject)) return [];
  const what = 'openai_base_url leads to LunaRoute, but none answers there: Codex fails';
  return [error({ id: 'codex-base-url-dead', what, where: file, mend: advice.use() })];
}

interface CodexText {
  readonly text: string;
  readonly file: string;
  readonly subject: Subject;
}

/** `openai_base_url` is not theirs: their own `base_url` counts. */
function ofProvider(provider: string, { text, file, subject }: CodexText): Finding[] {
  const { advice, loaded } = subject;
  const url = providerBaseUrl(text, provider);
  if (url !== null && leadsToUs(url, loaded.config)) return [];
  const goes = url === null ? 'elsewhere' : `to ${shownUrl(url)}`;
  const quoted = advice.quote(file);
  return [
    warning({
      id: 'codex-provider',
      what: `model_provider is '${provider}', which goes ${goes}: Codex goes past LunaRoute`,
      where: file,
      mend: `sed -i.backup 's/^[[:space:]]*model_provider[[:space:]]*=/# &/' ${quoted} && ${advice.command('setup codex --yes', 'address')}`,
    }),
  ];
}
