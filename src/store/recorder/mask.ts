/**
 * Credentials become their kind and last 4 characters before anything leaves the recorder: events,
 * SQLite, JSONL. Judges by the NAME of a header or query parameter, so an unknown vendor's token is
 * masked too. Must never let a value through because its form is unexpected.
 */

const SECRET_HEADER =
  /^(authorization|proxy-authorization|cookie|set-cookie|chatgpt-account-id)$|(^|[-_])(token|key|jwt|auth|credentials?)$|api[-_]?key|secret|passw|signature/;
const SECRET_PARAMETER =
  /^(sig|code|jwt|auth)$|(^|[-_.])(token|key|credentials?)$|api[-_]?key|apikey|secret|passw|signature/;
/** Headers that carry a whole URL, whose query may hold a signature. */
const URL_HEADER = /^(location|content-location|referer)$/;
/** Public beginnings of vendors' keys: they say which kind of key it is, and nothing of the secret. */
const KEY_KIND = /^(sk-ant-[a-z]+\d+-|sk-ant-|sk-proj-|sk-svcacct-|sk-)/;
/** Shorter secrets would be half revealed by 4 characters. */
const MIN_LENGTH_FOR_TAIL = 12;
/** A shorter echo is too likely to be an ordinary word. */
const MIN_LENGTH_TO_SCRUB = 8;

/** Flat name, value list with the same names, order and count; secret values masked. */
export function maskHeaders(flat: readonly string[]): string[] {
  return flat.map((text, index) => {
    if (index % 2 === 0) return text;
    const name = (flat[index - 1] ?? '').toLowerCase();
    if (SECRET_HEADER.test(name)) return maskHeaderValue(name, text);
    return URL_HEADER.test(name) ? maskTarget(text) : text;
  });
}

/** A path, or URL, whose secret query parameters and user info are masked; the rest is unchanged. */
export function maskTarget(target: string): string {
  const at = target.indexOf('?');
  const path = (at < 0 ? target : target.slice(0, at)).replace(/\/\/[^/@]*@/, '//…@');
  return at < 0 ? path : path + target.slice(at).replaceAll(/[^?&]+/g, maskPair);
}

/** The raw secrets of a request, to be found again where a provider echoes them. */
export function secretsOf(headers: readonly string[], target: string): string[] {
  const secrets: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const value = headers[i + 1] ?? '';
    if (!SECRET_HEADER.test((headers[i] ?? '').toLowerCase())) continue;
    secrets.push(value, ...value.split(/[\s;=,]+/));
  }
  const query = target.slice(target.indexOf('?') + 1);
  for (const pair of target.includes('?') ? query.split('&') : []) {
    const { name, value } = splitPair(pair);
    if (SECRET_PARAMETER.test(name)) secrets.push(value, decoded(value));
  }
  return [...new Set(secrets)]
    .filter((secret) => secret.length >= MIN_LENGTH_TO_SCRUB)
    .sort((a, b) => b.length - a.length);
}

/** `text` with every one of `secrets` masked: providers echo a refused key in their error message. */
export function scrub(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, maskKey(secret)), text);
}

function maskHeaderValue(name: string, value: string): string {
  if (name === 'cookie' || name === 'set-cookie') return '…';
  const scheme = /^([A-Za-z][A-Za-z0-9-]*)\s+(.*)$/s.exec(value);
  if (scheme === null) return maskKey(value);
  const kind = scheme[1] ?? '';
  // The end of Basic's base64 is the end of a password.
  return kind.toLowerCase() === 'basic' ? `${kind} …` : `${kind} ${maskKey(scheme[2] ?? '')}`;
}

function maskKey(value: string): string {
  const kind = KEY_KIND.exec(value)?.[0] ?? '';
  const secret = value.slice(kind.length).trim();
  return `${kind}…${secret.length < MIN_LENGTH_FOR_TAIL ? '' : secret.slice(-4)}`;
}

function maskPair(pair: string): string {
  const { name, rawName, value } = splitPair(pair);
  return SECRET_PARAMETER.test(name) && value !== '' ? `${rawName}=${maskKey(value)}` : pair;
}

function splitPair(pair: string): { name: string; rawName: string; value: string } {
  const at = pair.indexOf('=');
  const rawName = at < 0 ? pair : pair.slice(0, at);
  return {
    name: decoded(rawName).toLowerCase(),
    rawName,
    value: at < 0 ? '' : pair.slice(at + 1),
  };
}

/** Percent-decoded; a broken escape leaves the text as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
