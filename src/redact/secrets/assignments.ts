/**
 * Values that are assigned to a name that says they are secret: `password=…`, `"api_key": "…"`,
 * `--token …`, `PASSWORD '…'`, in any language. The name finds the place, the value decides.
 */
import { matchesOf } from '../boundary.ts';
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
/** Names that hold the word but no secret: counts, ids, kinds, positions in a list. */
const HARMLESS =
  /^(?:s$|_?(?:count|id|ids|type|name|names|url|uri|path|file|length|len|limit|budget|usage|expir\w*|hash|policy|field|label|version|kind|size|index|rotation|strength|regex|pattern|hint|min|max|ttl|arn|ref|usd|per)\b)|(?:count|Count|_id|Id|_type|Type|Name|_name|Url|_url|Path|Length|Limit|Budget|Usage|Expir\w*|Hash|Field|Label)$/;
const HARMLESS_BEFORE =
  /(?:max|min|num|total|input|output|next|page|continuation|cancellation|cancel|csrf|xsrf|prompt|completion|cached?|budget|reset|sync|stop|pad|eos|bos|unk|sep|cls|mask)[_-]?$/i;
const PASSWORDS = /passw|passphrase|pwd|identified by/i;

export function makeAssignmentDetector(): Detector {
  return (text) => {
    const findings: Finding[] = [];
    for (const { index, 0: name } of matchesOf(NAME, text)) {
      const value = valueAfter(text, index, name);
      if (value === null) continue;
      if (isFull(findings, text)) break;
      findings.push(secret('assignment', value.type, value));
      NAME.lastIndex = value.end;
    }
    return findings;
  };
}

interface Value {
  readonly start: number;
  readonly end: number;
  readonly type: 'PASSWORD' | 'SECRET';
}

function valueAfter(text: string, index: number, name: string): Value | null {
  const after = index + name.length;
  // `[PASSWORD]:5432` is what an earlier redaction left.
  if (text.charAt(index - 1) === '[' && /[\]:]/.test(text.charAt(after))) return null;
  const place = placeOfValue(text, index, after);
  if (place === null || HARMLESS.test(place.rest)) return null;
  const before = text.slice(Math.max(0, index - 16), index);
  const isPasswordName = PASSWORDS.test(name);
  if (!isPasswordName && HARMLESS_BEFORE.test(before)) return null;
  const pattern = place.isQuoted ? QUOTED_VALUE : BARE_VALUE;
  pattern.lastIndex = place.at;
  const value = pattern.exec(text)?.[0] ?? '';
  if (value === '' || isPlaceholder(value)) return null;
  const isSecret = isPasswordName ? isPassword(value, place.isQuoted) : isRandom(value);
  if (!isSecret || (!place.isQuoted && isCode(text, place.at, value))) return null;
  const type = isPasswordName ? 'PASSWORD' : 'SECRET';
  return { start: place.at, end: place.at + value.length, type };
}

interface Place {
  readonly at: number;
  readonly isQuoted: boolean;
  /** What follows the telling word in the name. */
  readonly rest: string;
}

function placeOfValue(text: string, index: number, after: number): Place | null {
  const isFlag =
    /[\w-]/.test(text.charAt(index - 1)) &&
    /(?:^|[\s"'])--?[\w-]{0,24}$/.test(text.slice(Math.max(0, index - 28), index));
  REST.lastIndex = after;
  const rest = REST.exec(text)?.[0] ?? '';
  if (/\w/.test(text.charAt(after + rest.length))) return null;
  for (const pattern of isFlag ? [FLAG_TO_VALUE, TO_VALUE] : [TO_VALUE]) {
    pattern.lastIndex = after + rest.length;
    const match = pattern.exec(text);
    if (match !== null) {
      return { at: pattern.lastIndex, isQuoted: match[1] !== undefined, rest };
    }
  }
  return null;
}

/** A bare value that is called, indexed or asked for a member is an expression. */
function isCode(text: string, at: number, value: string): boolean {
  return (
    /^[A-Za-z_$][\w$]*(?:\.|\?\.|\(|\[|::)/.test(value) ||
    /[([]/.test(text.charAt(at + value.length))
  );
}
