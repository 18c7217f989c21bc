/**
 * E-mail addresses. Found from their @, so text without one costs nothing. Not personal: example
 * domains, no-reply senders, `git@host:repo`, scp targets, package versions, file names (`icon@2x.png`).
 */
import { startsWord } from '../boundary.ts';
import { type Detector, type Finding, isFull, personal } from '../finding.ts';

const LOCAL_CHAR = /[\w.%+'-]/;
const MAX_LOCAL = 64;
const DOMAIN = /(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}/y;
/** RFC 2606 and 6761, and what people write instead. */
const EXAMPLE_DOMAIN =
  /(?:^|\.)(?:example|test|invalid|localhost|localdomain)$|(?:^|\.)example\.(?:com|org|net|edu|io|co)$|^(?:domain|email|yourdomain|your-domain|foo|bar|test)\.(?:com|org|net)$/i;
const ROBOT =
  /^(?:no[._-]?reply|do[._-]?not[._-]?reply|git|hg|svn|notifications?|mailer-daemon|postmaster|actions|github-actions|\d*\+?github-actions\[bot\])$/i;
/** Accounts of machines, as in `deploy@host:/path`. */
const SERVICE =
  /^(?:root|admin|deploy|ubuntu|debian|ec2-user|centos|user|www-data|pi|vagrant|core)$/i;
const KEYWORD = /^(?:this|super|return|break|continue|self)$/;
const FILE_ENDING =
  /\.(?:png|jpe?g|gif|svg|webp|avif|ico|jsx?|tsx?|mjs|cjs|css|s[ac]ss|less|json|ya?ml|toml|lock|html?|md|txt|py|rb|go|rs|java|kt|sh|log|tgz|zip|gz|tar|wasm|map|vue|snap)$/i;
/** The usual top-level domains; another one is an address with less certainty. */
const USUAL_TLD =
  /\.(?:[a-z]{2}|com|net|org|edu|gov|mil|int|info|biz|name|pro|dev|app|tech|cloud|online|site|xyz|email|mail|company|agency|digital|studio|health|bank|team|work|group|world|media|design|software|systems|solutions|services|consulting|academy|network|store|shop|blog|page|live|life|local|internal|corp|lan|museum|travel|jobs|mobi|asia|berlin|london|swiss|foundation|engineering|technology|university|law|legal|house|global|international|ltd|gmbh|inc|llc)$/i;

export function makeEmailDetector(): Detector {
  return (text) => {
    const findings: Finding[] = [];
    let last = 0;
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      const found = emailAround(text, at, last);
      if (found === null) continue;
      findings.push(found);
      last = found.end;
      if (isFull(findings, text)) break;
    }
    return findings;
  };
}

function emailAround(text: string, at: number, floor: number): Finding | null {
  DOMAIN.lastIndex = at + 1;
  const domain = DOMAIN.exec(text)?.[0];
  if (domain === undefined) return null;
  const start = localStart(text, at, floor);
  const local = text.slice(start, at);
  const end = at + 1 + domain.length;
  if (local === '' || !isAddress({ local, domain, after: text.slice(end, end + 2) })) return null;
  if (/[\w@]/.test(text.charAt(end))) return null;
  return personal('EMAIL', { start, end }, USUAL_TLD.test(`.${domain}`) ? 0.95 : 0.6);
}

/** The first character of the local part, behind an escape where one ends there. */
function localStart(text: string, at: number, floor: number): number {
  const bound = Math.max(floor, at - MAX_LOCAL);
  let start = at;
  while (start > bound && LOCAL_CHAR.test(text.charAt(start - 1))) start -= 1;
  while (start < at && /[.'%+-]/.test(text.charAt(start))) start += 1;
  // `\nmary@…` in JSON inside JSON: the n is part of the escape, not of the name.
  if (text.charAt(start - 1) === '\\' && startsWord(text, start + 1)) start += 1;
  return start;
}

interface Address {
  readonly local: string;
  readonly domain: string;
  /** Two characters that follow. */
  readonly after: string;
}

function isAddress({ local, domain, after }: Address): boolean {
  if (EXAMPLE_DOMAIN.test(domain) || FILE_ENDING.test(domain)) return false;
  if (ROBOT.test(local) || KEYWORD.test(local)) return false;
  if (/\.noreply\./i.test(domain) || /^noreply\./i.test(domain)) return false;
  if (local.endsWith('.') || local.includes('..')) return false;
  // scp: `deploy@web1.company.com:/srv`; a port or a sentence's colon is followed by something else.
  return !(SERVICE.test(local) && /^:[~/\w]/.test(after));
}
