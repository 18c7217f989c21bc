// Private values of every kind, made by a fixed rule: none of them is anybody's.
import { createHash } from 'node:crypto';

export interface Planted {
  readonly kind: string;
  /** As it stands in a text. */
  readonly text: string;
  /** What must not be found anywhere afterwards. */
  readonly needle: string;
}

/** Endless characters of an alphabet, different for every seed. */
function random(seed: string, length: number, alphabet: string): string {
  let out = '';
  for (let block = 0; out.length < length; block += 1) {
    for (const byte of createHash('sha512').update(`${seed} ${block}`).digest()) {
      if (byte < 256 - (256 % alphabet.length)) out += alphabet[byte % alphabet.length];
    }
  }
  return out.slice(0, length);
}

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const ALNUM = `${DIGITS}${LOWER}${LOWER.toUpperCase()}`;

function luhn(body: string): string {
  for (const digit of DIGITS) {
    const all = `${body}${digit}`;
    let sum = 0;
    for (let i = 0; i < all.length; i += 1) {
      const value = Number(all[all.length - 1 - i]) * (i % 2 === 0 ? 1 : 2);
      sum += value > 9 ? value - 9 : value;
    }
    if (sum % 10 === 0) return all;
  }
  return body;
}

const MAKERS: Record<string, (seed: string) => { text: string; needle?: string }> = {
  anthropic: (seed) => ({ text: `sk-ant-api03-${random(seed, 60, `${ALNUM}_-`)}A1` }),
  openai: (seed) => ({ text: `sk-proj-${random(seed, 48, ALNUM)}` }),
  google: (seed) => ({ text: `AIza${random(seed, 35, ALNUM)}` }),
  aws: (seed) => ({ text: `AKIA${random(seed, 16, 'ABCDEFGHJKLMNPQRSTUVWXYZ234567')}` }),
  github: (seed) => ({ text: `ghp_${random(seed, 36, ALNUM)}` }),
  gitlab: (seed) => ({ text: `glpat-${random(seed, 20, ALNUM)}` }),
  slack: (seed) => ({ text: `xoxb-${random(seed, 12, DIGITS)}-${random(`${seed}b`, 24, ALNUM)}` }),
  npm: (seed) => ({ text: `npm_${random(seed, 36, ALNUM)}` }),
  jwt: (seed) => ({
    text: `eyJhbGciOiJIUzI1NiJ9.eyJ${random(seed, 40, ALNUM)}.${random(`${seed}s`, 43, ALNUM)}`,
  }),
  'private key': (seed) => {
    const needle = random(seed, 64, `${ALNUM}+/`);
    const lines = [needle, random(`${seed}2`, 64, `${ALNUM}+/`), random(`${seed}3`, 40, ALNUM)];
    return {
      text: `-----BEGIN RSA PRIVATE KEY-----\n${lines.join('\n')}\n-----END RSA PRIVATE KEY-----`,
      needle,
    };
  },
  'database url': (seed) => {
    const needle = `${random(seed, 14, ALNUM)}!9`;
    return { text: `postgres://app:${needle}@db.internal.acme.io:5432/prod`, needle };
  },
  password: (seed) => {
    const needle = `P${random(seed, 14, ALNUM)}#7`;
    return { text: `password = "${needle}"`, needle };
  },
  email: (seed) => ({ text: `${random(seed, 8, LOWER)}.${random(`${seed}l`, 9, LOWER)}@acme.io` }),
  phone: (seed) => ({ text: `+44 20 7946 0${random(seed, 3, DIGITS)}` }),
  'us phone': (seed) => ({
    text: `(415) 5${random(seed, 2, '3456789')}-${random(`${seed}n`, 4, '23456789')}`,
  }),
  ssn: (seed) => ({
    text: `5${random(seed, 2, '12345678')}-${random(`${seed}m`, 2, '123456789')}-${random(`${seed}e`, 4, '123456789')}`,
  }),
  card: (seed) => {
    const digits = luhn(`4532${random(seed, 11, DIGITS)}`);
    return { text: digits.replace(/(\d{4})(?=\d)/g, '$1 ') };
  },
  amex: (seed) => ({ text: luhn(`37${random(seed, 12, '13579246')}`) }),
  ipv4: (seed) => ({
    text: `93.1${random(seed, 2, '12345678')}.2${random(`${seed}c`, 1, '01234')}${random(`${seed}d`, 1, DIGITS)}.1${random(`${seed}f`, 2, '123456789')}`,
  }),
  ipv6: (seed) => ({
    text: `2a02:8388:${random(seed, 4, '123456789abcdef')}::${random(`${seed}t`, 4, '123456789abcdef')}`,
  }),
};

/** `count` different values, the kinds in turn. */
export function plantedValues(count: number): Planted[] {
  const kinds = Object.keys(MAKERS);
  const seen = new Set<string>();
  const values: Planted[] = [];
  for (let n = 0; values.length < count; n += 1) {
    const kind = kinds[n % kinds.length] ?? '';
    const made = MAKERS[kind]?.(`planted ${kind} ${n}`);
    if (made === undefined || seen.has(made.text)) continue;
    seen.add(made.text);
    values.push({ kind, text: made.text, needle: made.needle ?? made.text });
  }
  return values;
}

/** The values whose needle stands in `text`, as it is or JSON-escaped. */
export function foundIn(text: string, values: readonly Planted[]): string[] {
  return values
    .filter(
      ({ needle }) => text.includes(needle) || text.includes(JSON.stringify(needle).slice(1, -1)),
    )
    .map(({ kind, needle }) => `${kind}: ${needle}`);
}

/** Everything that is looked for, as configuration. */
export const EVERYTHING_ON = 'session_recording:\n  pii:\n    enabled: true\n';
