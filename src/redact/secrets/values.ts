/**
 * Whether a value that was called a password or token can be one, or is a variable, a type, a word,
 * a path. Judged by its characters alone. Strict, since most assignments to such names in code are
 * no secrets.
 */
const PLACEHOLDER =
  /^(?:[$%<{[*(@&]|process\.|os\.|env[.:[]|import\.meta|System\.|config\.|self\.|this\.|https?:)|\$\{|\{\{|x{4}|\.{3}|…|\*{3}|your|example|placeholder|change[_-]?me|redacted|dummy|undefined|<\w+>/i;
const WORDS = /^[A-Za-z]+(?:[ _.:/-][A-Za-z]+)*\d{0,2}$/;
const HUMAN_CASE = /^(?:[A-Z]?[a-z]{2,}|[A-Z]{2,})(?:[A-Z][a-z]{1,}|\d{1,2}(?!\d))*$/;

// Made once: a literal inside a function is a new object at each call, and these run a million times
// over a hostile text.
const BLANK = /\s/;
const DIGIT = /\d/;
const LETTER = /[A-Za-z]/;
const CLASSES = [/[a-z]/, /[A-Z]/, DIGIT, /[^\w\s]/];
const MEMBER = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/;
const VOWEL = /[aeiouy]/i;
const CALL = /\(.*\)?$/;
const PATH = /^[./~]|^\w+:\/\//;

/** A variable, a template, a stand-in. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value.slice(0, 256));
}

/** Looks drawn by chance: 16 and more characters of several classes, not words joined by signs. */
export function isRandom(value: string): boolean {
  if (value.length < 16 || BLANK.test(value)) return false;
  const head = value.slice(0, 256);
  if (!DIGIT.test(head) || !LETTER.test(head)) return false;
  if (isWordy(head)) return false;
  return entropy(head) >= 3;
}

/** Looks like a password a person or a program chose: 8 and more characters of several classes. */
export function isPassword(value: string, isQuoted: boolean): boolean {
  if (value.length < 8 || BLANK.test(value)) return false;
  let classes = 0;
  for (const kind of CLASSES) if (kind.test(value)) classes += 1;
  const hasDigit = DIGIT.test(value);
  if (classes < 3 && !(classes === 2 && hasDigit)) return false;
  if (WORDS.test(value) || MEMBER.test(value) || CALL.test(value) || PATH.test(value)) return false;
  if (!hasDigit && HUMAN_CASE.test(value)) return false;
  return classes >= 3 || isQuoted || isRandom(value);
}

/** Mostly words with few digits: `us-east-1-cluster-name`, `my_secret_v2_name`. */
function isWordy(value: string): boolean {
  if (!/^[\w ./:-]*$/.test(value)) return false;
  const words = value.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const readable = words.filter((word) => word.length >= 3 && word.length < 16 && hasVowel(word));
  return readable.join('').length >= value.length * 0.6;
}

function hasVowel(word: string): boolean {
  return VOWEL.test(word);
}

/** How often each UTF-16 unit occurs; all zero between two calls of entropy(). */
const counts = new Uint16Array(0x1_0000);

/** Shannon entropy in bits per character, of at most 65,535. */
function entropy(value: string): number {
  for (let i = 0; i < value.length; i += 1) {
    const unit = value.charCodeAt(i);
    counts[unit] = (counts[unit] ?? 0) + 1;
  }
  let bits = 0;
  for (let i = 0; i < value.length; i += 1) {
    const unit = value.charCodeAt(i);
    const share = (counts[unit] ?? 0) / value.length;
    counts[unit] = 0;
    if (share > 0) bits -= share * Math.log2(share);
  }
  return bits;
}
