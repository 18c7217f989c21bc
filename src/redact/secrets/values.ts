/**
 * Whether a value that was called a password or token can be one, or is a variable, a type, a word,
 * a path. Judged by its characters alone. Strict, since most assignments to such names in code are
 * no secrets.
 */
const PLACEHOLDER =
  /^(?:[$%<{[*(@&]|process\.|os\.|env[.:[]|import\.meta|System\.|config\.|self\.|this\.|https?:)|\$\{|\{\{|x{4}|\.{3}|…|\*{3}|your|example|placeholder|change[_-]?me|redacted|dummy|undefined|<\w+>/i;
const WORDS = /^[A-Za-z]+(?:[ _.:/-][A-Za-z]+)*\d{0,2}$/;
const HUMAN_CASE = /^(?:[A-Z]?[a-z]{2,}|[A-Z]{2,})(?:[A-Z][a-z]{1,}|\d{1,2}(?!\d))*$/;

/** A variable, a template, a stand-in. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value.slice(0, 256));
}

/** Looks drawn by chance: 16 and more characters of several classes, not words joined by signs. */
export function isRandom(value: string): boolean {
  if (value.length < 16 || /\s/.test(value)) return false;
  const head = value.slice(0, 256);
  if (!/\d/.test(head) || !/[A-Za-z]/.test(head)) return false;
  if (isWordy(head)) return false;
  return entropy(head) >= 3;
}

/** Looks like a password a person or a program chose: 8 and more characters of several classes. */
export function isPassword(value: string, isQuoted: boolean): boolean {
  if (value.length < 8 || WORDS.test(value)) return false;
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s]/].filter((kind) => kind.test(value)).length;
  if (/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(value) || /\(.*\)?$/.test(value))
    return false;
  if (/\s/.test(value)) return false;
  if (HUMAN_CASE.test(value) && !/\d/.test(value)) return false;
  if (/^[./~]|^\w+:\/\//.test(value)) return false;
  return classes >= 3 || (classes >= 2 && /\d/.test(value) && (isQuoted || isRandom(value)));
}

/** Mostly words with few digits: `us-east-1-cluster-name`, `my_secret_v2_name`. */
function isWordy(value: string): boolean {
  if (!/^[\w ./:-]*$/.test(value)) return false;
  const words = value.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const readable = words.filter((word) => word.length >= 3 && word.length < 16 && hasVowel(word));
  return readable.join('').length >= value.length * 0.6;
}

function hasVowel(word: string): boolean {
  return /[aeiouy]/i.test(word);
}

/** Shannon entropy in bits per character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
