/**
 * Rate limits as answers carry them: `anthropic-ratelimit-*` (requests, tokens; unified 5 h and 7 d
 * of subscriptions), `x-ratelimit-*` (OpenAI and many others), `x-codex-*` and the `codex.rate_limits`
 * frame of the ChatGPT backend. Sources: docs.anthropic.com rate limits, platform.openai.com rate
 * limits; names inside Claude Code 2.1.330 and Codex 0.169. What cannot be read is left out.
 */
import type { RateLimit } from '../core/rate-limits.ts';
import { field, stringField } from './json.ts';

export interface LimitSources {
  /** Flat name, value list. */
  readonly headers: readonly string[];
  /** A `codex.rate_limits` event, or null. */
  readonly frame: unknown;
  /** Epoch milliseconds of the answer: some resets are said as "in 6m0s". */
  readonly at: number;
}

/** Enough for every provider known, and a bound for one that is not. */
const MAX_LIMITS = 24;

export function rateLimitsOf({ headers, frame, at }: LimitSources): RateLimit[] {
  const found = new Map<string, Facts>();
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const header = (headers[i] ?? '').toLowerCase();
    for (const rule of RULES) {
      const match = rule.pattern.exec(header);
      if (match === null) continue;
      const { name, fact } = rule.read(match);
      put(found, name, { [fact]: headers[i + 1] ?? '' });
      break;
    }
  }
  for (const window of ['primary', 'secondary']) {
    const part = field(field(frame, 'rate_limits'), window);
    if (part !== undefined) put(found, window, frameFacts(part));
  }
  return [...found].slice(0, MAX_LIMITS).map(([name, facts]) => limitOf(name, facts, at));
}

type Fact = 'limit' | 'remaining' | 'share' | 'percent' | 'reset' | 'in' | 'status' | 'minutes';
type Facts = Readonly<Partial<Record<Fact, string>>>;

function put(found: Map<string, Facts>, name: string, facts: Facts): void {
  found.set(name, { ...found.get(name), ...facts });
}

interface Rule {
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray) => { name: string; fact: Fact };
}

const UNIFIED_FACTS = { utilization: 'share', reset: 'reset', status: 'status' } as const;
const CODEX_FACTS = {
  'used-percent': 'percent',
  'window-minutes': 'minutes',
  'reset-after-seconds': 'in',
  'reset-at': 'reset',
} as const;

const RULES: readonly Rule[] = [
  {
    pattern: /^anthropic-ratelimit-unified-(5h|7d|[a-z0-9_]+)-(utilization|reset|status)$/,
    read: ([, name = '', fact = '']) => ({ name, fact: pick(UNIFIED_FACTS, fact) }),
  },
  {
    pattern: /^anthropic-ratelimit-(?!unified)([a-z-]+)-(limit|remaining|reset)$/,
    read: ([, name = '', fact = '']) => ({ name, fact: plain(fact) }),
  },
  {
    pattern: /^x-ratelimit-(limit|remaining|reset)-([a-z0-9-]+)$/,
    read: ([, fact = '', name = '']) => ({ name, fact: fact === 'reset' ? 'in' : plain(fact) }),
  },
  {
    pattern:
      /^x-codex-(primary|secondary)-(used-percent|window-minutes|reset-after-seconds|reset-at)$/,
    read: ([, name = '', fact = '']) => ({ name, fact: pick(CODEX_FACTS, fact) }),
  },
];

function pick(facts: Readonly<Record<string, Fact>>, name: string): Fact {
  return facts[name] ?? 'status';
}

function plain(fact: string): Fact {
  return fact === 'limit' || fact === 'remaining' ? fact : 'reset';
}

function frameFacts(part: unknown): Facts {
  const text = (key: string): string => {
    const value = field(part, key);
    return typeof value === 'number' ? String(value) : (stringField(part, key) ?? '');
  };
  return {
    percent: text('used_percent'),
    minutes: text('window_minutes'),
    in: text('reset_after_seconds'),
    reset: text('reset_at'),
  };
}

function limitOf(name: string, facts: Facts, at: number): RateLimit {
  const limit = numberOf(facts.limit);
  const remaining = numberOf(facts.remaining);
  const percent = numberOf(facts.percent);
  const share = numberOf(facts.share) ?? (percent === null ? null : percent / 100);
  const isCounted = limit !== null && remaining !== null && limit > 0;
  return {
    name: windowName(name, numberOf(facts.minutes)),
    limit,
    remaining,
    usedShare: share ?? (isCounted ? Math.max(0, 1 - remaining / limit) : null),
    resetsAt: timeOf(facts.reset) ?? laterBy(facts.in, at),
    status: facts.status?.slice(0, 60) ?? null,
  };
}

/** Codex says how long its windows are: 300 minutes is `5h`, 10080 is `7d`. */
function windowName(name: string, minutes: number | null): string {
  if (minutes === null || minutes <= 0) return name.slice(0, 60);
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text.trim())) return null;
  return Number(text);
}

/** Epoch seconds or an ISO date → epoch milliseconds. */
function timeOf(text: string | undefined): number | null {
  const seconds = numberOf(text);
  if (seconds !== null) return Math.round(seconds * 1000);
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `1s`, `6m0s`, `120ms`, or plain seconds, counted from `at`. */
function laterBy(text: string | undefined, at: number): number | null {
  if (text === undefined || text === '') return null;
  const seconds = numberOf(text);
  if (seconds !== null) return Math.round(at + seconds * 1000);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== text.trim()) return null;
  const ms = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
  return Math.round(at + ms);
}
