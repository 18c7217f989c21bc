/**
 * IP addresses of people's machines: v4, and v6 in all its short forms. Not personal: loopback, any,
 * documentation ranges, networks and masks, public resolvers; and what only looks like one: versions,
 * OIDs, section numbers, C++ scopes, slices, hardware addresses, times.
 */
import { contextBefore, matchesOf, startsWord } from '../boundary.ts';
import { type Detector, type Finding, isFull, personal } from '../finding.ts';

const V4 = /\d{1,3}(?:\.\d{1,3}){3}/g;
const V6 = /(?:[0-9a-fA-F]{0,4}:){2,8}(?:[0-9a-fA-F]{1,4})?(?:\.\d{1,3}){0,3}/g;
const NOT_ABOUT_A_PERSON =
  /^(?:0\.|127\.|255\.|22[4-9]\.|2[34]\d\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|169\.254\.169\.254$|8\.8\.[84]\.[84]$|1\.[01]\.[01]\.1$|9\.9\.9\.9$|\d+\.0\.0\.0$)/;
const PRIVATE =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
const VERSION_BEFORE =
  /(?:\bv|versions?|\bver|release|revision|build|oid|section|[a-z]{2,}\/|assembly\w*|[\^~]|[<>=]=\s?)["'(:=]{0,3}\s{0,2}["']?$/;
/** `1::2` is a slice and `a::b` a scope: an address has a longer group, or a v4 one at its end. */
const LONG_GROUP = /[0-9a-fA-F]{3}|\./;
const CERTAIN = 0.9;
const PRIVATE_CONFIDENCE = 0.75;
const VERSION_LIKE = 0.4;

export function makeIpDetector(): Detector {
  return (text) => {
    return [...findV4(text), ...findV6(text)];
  };
}

function findV4(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const { index: start, 0: address } of matchesOf(V4, text)) {
    const end = start + address.length;
    if (isFull(findings, text)) break;
    if (!standsAlone(text, start, end)) continue;
    const octets = address.split('.');
    if (!octets.every(isOctet)) continue;
    if (NOT_ABOUT_A_PERSON.test(address) || isNetwork(text, end, octets)) continue;
    if (VERSION_BEFORE.test(contextBefore(text, start, 32))) continue;
    findings.push(personal('IP_ADDRESS', { start, end }, confidenceOf(address, octets)));
  }
  return findings;
}

function isOctet(text: string): boolean {
  return Number(text) <= 255 && (text.length === 1 || !text.startsWith('0'));
}

function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.charAt(start - 1);
  if (!startsWord(text, start)) return false;
  if (before === '.' || (before === '-' && /\w/.test(text.charAt(start - 2)))) return false;
  return (
    !/^(?:\w|[.-]\w|\.\*)/.test(text.slice(end, end + 2)) || /^-\d/.test(text.slice(end, end + 2))
  );
}

/** `10.0.0.0/8`, `172.16.0.0`: a network, no machine. */
function isNetwork(text: string, end: number, octets: readonly string[]): boolean {
  const isMaskFollowing = /^\/\d{1,2}(?!\d)/.test(text.slice(end, end + 4));
  return octets[3] === '0' && (isMaskFollowing || octets[2] === '0');
}

function confidenceOf(address: string, octets: readonly string[]): number {
  if (octets.every((octet) => Number(octet) < 20)) return VERSION_LIKE;
  return PRIVATE.test(address) ? PRIVATE_CONFIDENCE : CERTAIN;
}

function findV6(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const { index: start, 0: address } of matchesOf(V6, text)) {
    const end = start + address.length;
    if (!LONG_GROUP.test(address)) continue;
    if (isFull(findings, text)) break;
    if (/[\w:.]/.test(text.charAt(start - 1)) && !startsAfterEscape(text, start)) continue;
    if (/[\w:]/.test(text.charAt(end)) || !isV6(address)) continue;
    findings.push(personal('IP_ADDRESS', { start, end }, v6Confidence(address)));
  }
  return findings;
}

function startsAfterEscape(text: string, start: number): boolean {
  return (
    text.charAt(start - 1) !== ':' && text.charAt(start - 1) !== '.' && startsWord(text, start)
  );
}

/** RFC 4291 section 2.2: eight groups, or fewer with one `::`; the last two may be a v4 address. */
function isV6(address: string): boolean {
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = groups.at(-1) ?? '';
  const isMapped = tail.includes('.');
  if (isMapped && !(tail.split('.').length === 4 && tail.split('.').every(isOctet))) return false;
  const plain = isMapped ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = plain.length + (isMapped ? 2 : 0);
  return halves.length === 2 ? count <= 7 && count >= 1 : count === 8;
}

const V4_AT_END = /\d{1,3}(?:\.\d{1,3}){3}$/;
/** Documentation (RFC 3849, RFC 9637), loopback. */
const V6_NOT_A_PERSON = /^(?:::1$|::$|2001:0?db8:|3fff:|ff0[0-9a-f]:)/i;

function v6Confidence(address: string): number {
  if (V6_NOT_A_PERSON.test(address) || address.endsWith('::')) return 0;
  const mapped = V4_AT_END.exec(address)?.[0];
  if (mapped !== undefined) return NOT_ABOUT_A_PERSON.test(mapped) ? 0 : CERTAIN;
  const groups = address.split(':').filter((group) => group !== '');
  const hasDigit = /\d/.test(address) || groups.length >= 4;
  if (!hasDigit || groups.every((group) => group.length === 2)) return 0.3;
  return CERTAIN;
}
