/** Whether the clients that are started in this shell go through LunaRoute. */

import { shownUrl } from '../../address.ts';
import { servedBy, variablesFor } from '../../background/served.ts';
import { error, type Finding, warning } from '../finding.ts';
import { leadsToUs } from '../leads-to.ts';
import { type Check, isServed, type Subject } from '../subject.ts';
import { OTHER_CLOUDS } from './claude-settings.ts';

const TOOL_SEARCH = 'ENABLE_TOOL_SEARCH';

export const shellCheck: Check = {
  name: 'this shell',
  look: (subject) => {
    const wanted = variablesFor(servedBy(subject.found, subject.loaded));
    const urls = Object.keys(wanted).filter((name) => name !== TOOL_SEARCH);
    const findings = [
      ...baseUrlFindings(subject, urls),
      ...toolSearch(subject, TOOL_SEARCH in wanted),
      ...otherClouds(subject),
    ];
    return { summary: summaryOf(subject, urls), findings };
  },
};

function baseUrlFindings(subject: Subject, names: readonly string[]): Finding[] {
  const { invocation, loaded, advice, url } = subject;
  const { env } = invocation.context;
  const missing = names.filter((name) => !env[name]);
  const set = names.filter((name) => env[name]);
  const elsewhere = set.filter((name) => !leadsToUs(env[name] ?? '', loaded.config));
  const here = set.filter((name) => !elsewhere.includes(name));
  const mend = advice.use();
  const findings: Finding[] = [];
  if (missing.length > 0) {
    const what = `${missing.join(' and ')} not set: clients started here go past LunaRoute`;
    findings.push(warning({ id: 'base-url-unset', what, mend }));
  }
  if (elsewhere.length > 0) {
    const what = `${elsewhere.join(' and ')} not set to ${url}: clients started here go past LunaRoute`;
    const where = elsewhere.map((name) => `${name}=${shownUrl(env[name] ?? '')}`).join(' ');
    findings.push(warning({ id: 'base-url-elsewhere', what, where, mend }));
  }
  if (here.length > 0 && !isServed(subject)) {
    const what = `${here.join(' and ')} set to LunaRoute, but none answers there: clients started here fail`;
    findings.push(error({ id: 'base-url-dead', what, where: url, mend }));
  }
  return findings;
}

/** Claude Code turns it off where a base URL is set, and sends every tool with every request. */
function toolSearch({ invocation, loaded, advice }: Subject, isWanted: boolean): Finding[] {
  const { env } = invocation.context;
  const isThrough = leadsToUs(env['ANTHROPIC_BASE_URL'] ?? '', loaded.config);
  if (!isWanted || !isThrough || env[TOOL_SEARCH]) return [];
  const what = `${TOOL_SEARCH} is not set: Claude Code turns tool search off and sends all tools with every request`;
  const mend = advice.variables({ [TOOL_SEARCH]: 'true' });
  return [warning({ id: 'tool-search-off', what, mend })];
}

function otherClouds({ invocation, advice }: Subject): Finding[] {
  const set = OTHER_CLOUDS.filter((name) => invocation.context.env[name]);
  return set.map((name) =>
    warning({
      id: 'other-cloud',
      what: `${name} is set: Claude Code talks to that cloud and not through LunaRoute`,
      where: name,
      mend: advice.variables({}, [name]),
    }),
  );
}

function summaryOf({ loaded, invocation }: Subject, names: readonly string[]): string {
  const { env } = invocation.context;
  const through = names.filter((name) => leadsToUs(env[name] ?? '', loaded.config));
  return through.length === 0 ? 'does not use LunaRoute' : `${through.join(' and ')} lead here`;
}
