/**
 * Keys whose vendors gave them a fixed beginning, and JSON web tokens. One search for all beginnings,
 * then the vendor's own form at that place. Forms from the vendors' documentation and from gitleaks'
 * and secretlint's published rules; test/redact/oracle.test.ts compares with secretlint.
 */
import { endsWord, matchesOf, startsWord } from '../boundary.ts';
import { type Detector, type Finding, isFull, secret } from '../finding.ts';

interface KeyForm {
  readonly rule: string;
  readonly prefixes: readonly string[];
  /** What follows the prefix. */
  readonly body: string;
  readonly type?: string;
}

const KEY_FORMS: readonly KeyForm[] = [
  { rule: 'anthropic', prefixes: ['sk-ant-'], body: '[\\w-]{16,}' },
  {
    rule: 'openai',
    prefixes: ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-service-'],
    body: '[\\w-]{16,}',
  },
  { rule: 'openrouter', prefixes: ['sk-or-v1-'], body: '[0-9a-f]{32,}' },
  { rule: 'langfuse', prefixes: ['sk-lf-'], body: '[0-9a-f-]{32,}' },
  { rule: 'openai', prefixes: ['sk-'], body: '[A-Za-z0-9]{20,}' },
  { rule: 'google', prefixes: ['AIza'], body: '[\\w-]{35}' },
  { rule: 'google-oauth', prefixes: ['ya29.'], body: '[\\w-]{20,}' },
  { rule: 'google-client', prefixes: ['GOCSPX-'], body: '[\\w-]{20,}' },
  { rule: 'aws', prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'], body: '[A-Z0-9]{16}' },
  { rule: 'github', prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], body: '[A-Za-z0-9]{30,}' },
  { rule: 'github', prefixes: ['github_pat_'], body: '\\w{22,}' },
  {
    rule: 'gitlab',
    prefixes: ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'gloas-', 'glsoat-'],
    body: '[\\w.-]{20,}',
  },
  {
    rule: 'slack',
    prefixes: ['xoxa-', 'xoxb-', 'xoxe-', 'xoxp-', 'xoxr-', 'xoxs-'],
    body: '[A-Za-z0-9-]{10,}',
  },
  { rule: 'slack', prefixes: ['xapp-'], body: '[A-Za-z0-9-]{20,}' },
  {
    rule: 'slack-webhook',
    prefixes: ['hooks.slack.com/services/'],
    body: 'T\\w{5,}/B\\w{5,}/\\w{16,}',
  },
  {
    rule: 'stripe',
    prefixes: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'],
    body: '[A-Za-z0-9]{16,}',
  },
  { rule: 'stripe-webhook', prefixes: ['whsec_'], body: '[A-Za-z0-9+/=]{24,}' },
  { rule: 'npm', prefixes: ['npm_'], body: '[A-Za-z0-9]{36}' },
  { rule: 'pypi', prefixes: ['pypi-'], body: '[\\w-]{32,}' },
  { rule: 'rubygems', prefixes: ['rubygems_'], body: '[0-9a-f]{48}' },
  { rule: 'crates-io', prefixes: ['cio'], body: '[A-Za-z0-9]{32}' },
  { rule: 'docker', prefixes: ['dckr_pat_'], body: '[\\w-]{20,}' },
  { rule: 'hugging-face', prefixes: ['hf_'], body: '[A-Za-z0-9]{30,}' },
  { rule: 'groq', prefixes: ['gsk_'], body: '[A-Za-z0-9]{40,}' },
  { rule: 'xai', prefixes: ['xai-'], body: '[A-Za-z0-9]{40,}' },
  { rule: 'perplexity', prefixes: ['pplx-'], body: '[A-Za-z0-9]{40,}' },
  { rule: 'replicate', prefixes: ['r8_'], body: '[A-Za-z0-9]{30,}' },
  { rule: 'sendgrid', prefixes: ['SG.'], body: '[\\w-]{16,}\\.[\\w-]{16,}' },
  { rule: 'mailgun', prefixes: ['key-'], body: '[0-9a-f]{32}' },
  { rule: 'twilio', prefixes: ['SK'], body: '[0-9a-f]{32}' },
  { rule: 'digitalocean', prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'], body: '[0-9a-f]{64}' },
  { rule: 'databricks', prefixes: ['dapi'], body: '[0-9a-f]{32}' },
  { rule: 'shopify', prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_'], body: '[0-9a-fA-F]{32}' },
  { rule: 'square', prefixes: ['sq0atp-', 'sq0csp-'], body: '[\\w-]{22,}' },
  { rule: 'linear', prefixes: ['lin_api_'], body: '[A-Za-z0-9]{32,}' },
  { rule: 'notion', prefixes: ['ntn_', 'secret_'], body: '[A-Za-z0-9]{43,}' },
  { rule: 'postman', prefixes: ['PMAK-'], body: '[0-9a-f]{24}-[0-9a-f]{34}' },
  { rule: 'vault', prefixes: ['hvs.', 'hvb.'], body: '[\\w-]{24,}' },
  { rule: 'doppler', prefixes: ['dp.pt.', 'dp.st.'], body: '[\\w.]{40,}' },
  { rule: 'grafana', prefixes: ['glsa_', 'glc_'], body: '[\\w+/=]{32,}' },
  { rule: 'sentry', prefixes: ['sntrys_', 'sntryu_'], body: '[\\w+/=]{40,}' },
  { rule: 'new-relic', prefixes: ['NRAK-'], body: '[A-Z0-9]{27}' },
  { rule: 'atlassian', prefixes: ['ATATT3'], body: '[\\w=-]{60,}' },
  {
    rule: 'planetscale',
    prefixes: ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'],
    body: '[\\w=.-]{32,}',
  },
  { rule: 'supabase', prefixes: ['sbp_'], body: '[0-9a-f]{40}' },
  { rule: 'supabase', prefixes: ['sb_secret_'], body: '[\\w-]{20,}' },
  { rule: 'figma', prefixes: ['figd_'], body: '[\\w-]{30,}' },
  { rule: 'netlify', prefixes: ['nfp_'], body: '[A-Za-z0-9]{36,}' },
  { rule: 'age', prefixes: ['AGE-SECRET-KEY-1'], body: '[0-9A-Z]{58}' },
  { rule: 'jwt', prefixes: ['eyJ'], body: '[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.[\\w-]{8,}', type: 'JWT' },
];

interface CompiledForm {
  readonly rule: string;
  readonly type: string;
  readonly pattern: RegExp;
}

/** Not a key but a stand-in for one, as documentation writes it. */
const STAND_IN = /x{6}|\.{3}|\*{3}|your|example|placeholder|redacted/i;
const MIN_DISTINCT = 6;
/** Far longer than any key; unbounded, a run of megabytes would overflow the matcher's stack. */
const MAX_PART = 8192;
/** A token is not begun in the middle of a dotted or dashed one: keeps the search linear as well. */
const JOINED = /[\w.-]/;

export function makeVendorKeyDetector(): Detector {
  const byPrefix = new Map<string, CompiledForm[]>();
  for (const { rule, prefixes, body, type = 'API_KEY' } of KEY_FORMS) {
    for (const prefix of prefixes) {
      const pattern = new RegExp(escaped(prefix) + body.replaceAll(',}', `,${MAX_PART}}`), 'y');
      byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), { rule, type, pattern }]);
    }
  }
  // Longest first, so that `sk-ant-` is not taken for `sk-`.
  const prefixes = [...byPrefix.keys()].sort((a, b) => b.length - a.length);
  const anchor = new RegExp(prefixes.map(escaped).join('|'), 'g');
  return (text) => {
    const findings: Finding[] = [];
    for (const { index, 0: prefix } of matchesOf(anchor, text)) {
      const found = keyAt(text, index, byPrefix.get(prefix) ?? []);
      if (found === null) continue;
      if (isFull(findings, text)) break;
      anchor.lastIndex = found.end;
      if (found.isKey)
        findings.push(secret(found.rule, found.type, { start: index, end: found.end }));
    }
    return findings;
  };
}

interface KeyAt {
  readonly end: number;
  readonly isKey: boolean;
  readonly rule: string;
  readonly type: string;
}

/** What has the form of a key here; it is passed over whole even when it is none. */
function keyAt(text: string, at: number, forms: readonly CompiledForm[]): KeyAt | null {
  if (!startsWord(text, at)) return null;
  for (const { rule, type, pattern } of forms) {
    if (type === 'JWT' && at > 0 && isInsideToken(text, at)) continue;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    const end = runEnd(text, at + match[0].length, match[0].length);
    return { end, rule, type, isKey: endsWord(text, end) && !isStandIn(match[0]) };
  }
  return null;
}

/** The rest of a run that is longer than a regular expression can go through without much memory. */
function runEnd(text: string, end: number, length: number): number {
  if (length < MAX_PART) return end;
  let at = end;
  while (at < text.length && JOINED.test(text.charAt(at))) at += 1;
  return at;
}

function isInsideToken(text: string, at: number): boolean {
  const before = text.charAt(at - 1);
  return (before === '-' || before === '.') && at > 1 && JOINED.test(text.charAt(at - 2));
}

function isStandIn(key: string): boolean {
  return STAND_IN.test(key.slice(0, 200)) || new Set(key.slice(0, 200)).size < MIN_DISTINCT;
}

function escaped(literal: string): string {
  return literal.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
