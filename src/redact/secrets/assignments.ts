/**
 * Values that are assigned to a name that says they are secret: `password=…`, `"api_key": "…"`,
 * `--token …`, `PASSWORD '…'`, in any language. The name finds the place, the value decides.
 */
import { type Detector, type Finding, isFull, secret } from '../finding.ts';
import { isPassword, isPlaceholder, isRandom } from './values.ts';

const NAME =
  /passw|passphrase|pwd|secret|token|api[_-]?key|(?:access|private|account|master|encryption|signing|shared|storage)[_-]?(?:access)?[_-]?key|credential|_auth|auth[_-]?key|identified by/gi;
/** The rest of the name; a longer one is no name. */
const REST = /[\w.-]{0,40}/y;
/** The name's closing quote, the sign between, the opening quote. */
const TO_VALUE =
  /(?:\\*["'`]\]?|\])?(?:\s{0,4}(?:=>|:=|==?|[:>])\s{0,4}|\s{1,4}(?=\\*["'`]))(?:[bfrLu]?(\\*["'`])|[|>-]?)/y;
/** `--password value`: after a flag a blank is enough. */
const FLAG_TO_VALUE = /[ =](\\*["'])?/y;
/** No control character is part of a value that somebody typed: in random bytes one soon follows. */
const BARE_VALUE = /[^\s\p{Cc}"'`,;)}\]<>\\&|=]{1,1024}={0,2}/uy;
const QUOTED_VALUE = /[^"'`\\\p{Cc}]{1,1024}/uy;
/** Fewer characters are neither a password nor drawn by chance (values.ts): asked first, since it is cheap. */
const LONG_ENOUGH = {
  password: { bare: /[^\s"'`,;)}\]<>\\&|=]{6}/y, quoted: /[^"'`\\]{8}/y },
  secret: { bare: /[^\s"'`,;)}\]<>\\&|=]{14}/y, quoted: /[^"'`\\]{16}/y },
} as const;
/** Names that hold the word but no secret: counts, ids, kinds, positions in a list. */
const HARMLESS =
  /^(?:s$|_?(?:count|id|ids|type|name|names|url|uri|path|file|length|len|limit|budget|usage|expir\w*|hash|policy|field|label|version|kind|size|index|rotation|strength|regex|pattern|hint|min|max|ttl|arn|ref|usd|per)\b)|(?:count|Count|_id|Id|_type|Type|Name|_name|Url|_url|Path|Length|Limit|Budget|Usage|Expir\w*|Hash|Field|Label)$/;
const HARMLESS_BEFORE =
  /(?:max|min|num|total|input|output|next|page|continuation|cancellation|cancel|csrf|xsrf|prompt|completion|cached?|budget|reset|sync|stop|pad|eos|bos|unk|sep|cls|mask)[_-]?$/i;
const PASSWORDS = /passw|passphrase|pwd|identified by/i;
const AFTER_MASK = /[\]:]/;
const IN_NAME = /[\w-]/;
const FLAG = /(?:^|[\s"'])--?[\w-]{0,24}$/;
const WORD = /\w/;
const EXPRESSION = /^[A-Za-z_$][\w$]*(?:\.|\?\.|\(|\[|::)/;
const OPENS = /[([]/;

/**
 * More values under such names than any real text has. From there on whatever is long enough is
 * taken for a secret: rather too much is redacted than the recorder held up.
 */
const MAX_JUDGED = 100_000;

export function makeAssignmentDetector(): Detector {
  return (text) => {
    const findings: Finding[] = [];
    let judged = 0;
    const judge: Judge = (value, place, isPasswordName) => {
      judged += 1;
      return judged > MAX_JUDGED || isSecretValue(text, value, place, isPasswordName);
    };
    NAME.lastIndex = 0;
    for (let match = NAME.exec(text); match !== null; match = NAME.exec(text)) {
      const value = valueAfter(text, match.index, match[0], judge);
      if (value === null) continue;
      if (isFull(findings, text)) break;
      findings.push(secret('assignment', value.type, value));
      NAME.lastIndex = value.end;
    }
    return findings;
  };
}

type Judge = (value: string, place: Place, isPasswordName: boolean) => boolean;

interface Value {
  readonly start: number;
  readonly end: number;
  readonly type: 'PASSWORD' | 'SECRET';
}

function valueAfter(text: string, index: number, name: string, judge: Judge): Value | null {
  const after = index + name.length;
  // `[PASSWORD]:5432` is what an earlier redaction left.
  if (text.charAt(index - 1) === '[' && AFTER_MASK.test(text.charAt(after))) return null;
  const place = placeOfValue(text, index, after);
  if (place === null) return null;
  const isPasswordName = PASSWORDS.test(name);
  if (!isLongEnough(text, place, isPasswordName) || HARMLESS.test(place.rest)) return null;
  const before = text.slice(Math.max(0, index - 16), index);
  if (!isPasswordName && HARMLESS_BEFORE.test(before)) return null;
  const value = matchAt(place.isQuoted ? QUOTED_VALUE : BARE_VALUE, text, place.at)?.[0] ?? '';
  if (value === '' || !judge(value, place, isPasswordName)) return null;
  const type = isPasswordName ? 'PASSWORD' : 'SECRET';
  return { start: place.at, end: place.at + value.length, type };
}

/** Whether what stands at the place can be what the name says. */
function isSecretValue(
  text: string,
  value: string,
  { at, isQuoted }: Place,
  isPasswordName: boolean,
): boolean {
  if (isPlaceholder(value)) return false;
  const isSecret = isPasswordName ? isPassword(value, isQuoted) : isRandom(value);
  return isSecret && (isQuoted || !isCode(text, at, value));
}

function isLongEnough(text: string, { at, isQuoted }: Place, isPasswordName: boolean): boolean {
  const pattern = LONG_ENOUGH[isPasswordName ? 'password' : 'secret'][isQuoted ? 'quoted' : 'bare'];
  pattern.lastIndex = at;
  return pattern.test(text);
}

interface Place {
  readonly at: number;
  readonly isQuoted: boolean;
  /** What follows the telling word in the name. */
  readonly rest: string;
}

function placeOfValue(text: string, index: number, after: number): Place | null {
  REST.lastIndex = after;
  REST.test(text);
  const end = REST.lastIndex;
  if (WORD.test(text.charAt(end))) return null;
  const match =
    (isFlag(text, index) ? matchAt(FLAG_TO_VALUE, text, end) : null) ??
    matchAt(TO_VALUE, text, end);
  if (match === null) return null;
  const rest = text.slice(after, end);
  return { at: end + match[0].length, isQuoted: match[1] !== undefined, rest };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function isFlag(text: string, index: number): boolean {
  return (
    IN_NAME.test(text.charAt(index - 1)) && FLAG.test(text.slice(Math.max(0, index - 28), index))
  );
}

/** A bare value that is called, indexed or asked for a member is an expression. */
function isCode(text: string, at: number, value: string): boolean {
  return EXPRESSION.test(value) || OPENS.test(text.charAt(at + value.length));
}
