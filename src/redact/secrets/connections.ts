/**
 * Passwords where a URL, an HTTP header or curl carries them: `scheme://user:password@host`,
 * `Bearer …`, `Basic …`. Only the password is replaced, so that a person still sees which database
 * or host it was.
 */
import { matchesOf } from '../boundary.ts';
import { type Detector, type Finding, isFull, secret } from '../finding.ts';
import { isPlaceholder, isRandom } from './values.ts';

const URL_START = '://';
const USER_PASSWORD = /([^\s:/?#@"'<>\\`]{0,128}):([^\s"'<>\\/`]{1,256})@(?=[\w.[-])/y;
/** Words that stand for a password where one shows how such a URL is written. */
const SPOKEN =
  /^(?:pass|password|passwd|passwort|pwd|pw|secret|token|key|user|username|\w*password\w*)$/i;
const SCHEME = /\b(?:[Bb]earer|[Bb]asic|BEARER|BASIC)(?:\s|\+|%20){1,3}([\w.~+/=-]{16,4096})/g;

export function makeConnectionDetector(): Detector {
  return (text) => [...urlPasswords(text), ...headerCredentials(text)];
}

function urlPasswords(text: string): Finding[] {
  const findings: Finding[] = [];
  for (let at = text.indexOf(URL_START); at >= 0; at = text.indexOf(URL_START, at + 3)) {
    USER_PASSWORD.lastIndex = at + URL_START.length;
    const match = USER_PASSWORD.exec(text);
    const password = match?.[2] ?? '';
    if (match === null || isPlaceholder(password) || SPOKEN.test(password)) continue;
    if (isFull(findings, text)) break;
    const end = USER_PASSWORD.lastIndex - 1;
    const range = { start: end - password.length, end };
    findings.push(secret('url-password', 'PASSWORD', range));
  }
  return findings;
}

function headerCredentials(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const match of matchesOf(SCHEME, text)) {
    const value = match[1] ?? '';
    if (isPlaceholder(value) || !isRandom(value)) continue;
    if (isFull(findings, text)) break;
    const end = match.index + match[0].length;
    findings.push(secret('authorization', 'TOKEN', { start: end - value.length, end }));
  }
  return findings;
}
