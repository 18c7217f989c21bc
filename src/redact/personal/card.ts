/**
 * Payment card numbers: 13 to 19 digits, in one run or in the groups that are printed on cards, with
 * a network's first digits and length, and a right check digit (ISO/IEC 7812). Not personal: the
 * payment companies' published test numbers where the line says that it is a test or a comment.
 */
import { contextBefore, endsWord, matchesOf, startsWord } from '../boundary.ts';
import { type Detector, type Finding, isFull, personal } from '../finding.ts';

const NUMBER = /\d(?:[ -]?\d){12,18}/g;
const NETWORKS: readonly (readonly [pattern: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|65|64[4-9])/, [16, 19]],
  [/^35(?:2[89]|[3-8])/, [16]],
  [/^3(?:0[0-5]|[68])/, [14]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:50|5[6-9]|6[0-9])/, [16]],
];
/** 4-4-4-4(-3), Amex 4-6-5, Diners 4-6-4, or none. */
const GROUPED =
  /^(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5})$/;
const TEST_NUMBERS = new Set([
  '4242424242424242',
  '4111111111111111',
  '4012888888881881',
  '4000056655665556',
  '4222222222222',
  '4000000000000002',
  '4000002500003155',
  '4000000000009995',
  '4000000000000069',
  '4000000000000127',
  '5555555555554444',
  '5105105105105100',
  '5200828282828210',
  '2223003122003222',
  '378282246310005',
  '371449635398431',
  '378734493671000',
  '6011111111111117',
  '6011000990139424',
  '30569309025904',
  '38520000023237',
  '3056930009020004',
  '3566002020360505',
  '3530111333300000',
  '6200000000000005',
]);
const SAID_TO_BE_TEST =
  /\/\/|#|\/\*|^\s*\*|--|<!--|"""|\b(?:test|example|sample|dummy|fake|mock|stripe)/;
/** Numbers that are named as something else. */
const OTHER_NUMBER =
  /(?:\bid|_id|uuid|time|stamp|nonce|seed|offset|sha|hash|isbn|imei|ean|order|invoice|tracking)["']?\s*[:=#]?\s*["']?$/;
const IS_CARD = /card|visa|amex|master|payment|\bpan\b|cc\b/;

export function makeCardDetector(): Detector {
  return (text) => {
    const findings: Finding[] = [];
    for (const { index, 0: number } of matchesOf(NUMBER, text)) {
      const found = cardAt(text, index, number);
      if (found !== null) findings.push(found);
      if (isFull(findings, text)) break;
    }
    return findings;
  };
}

function cardAt(text: string, start: number, written: string): Finding | null {
  const end = start + written.length;
  if (!GROUPED.test(written) || !standsAlone(text, start, end)) return null;
  const digits = written.replaceAll(/\D/g, '');
  if (!hasNetwork(digits) || !passesLuhn(digits) || new Set(digits).size < 3) return null;
  const before = contextBefore(text, start, 120);
  if (TEST_NUMBERS.has(digits) && SAID_TO_BE_TEST.test(before)) return null;
  if (digits === written && OTHER_NUMBER.test(before) && !IS_CARD.test(before)) return null;
  return personal('CREDIT_CARD', { start, end }, digits === written ? 0.85 : 0.95);
}

/** No part of a longer number, a decimal, an id or a path. */
function standsAlone(text: string, start: number, end: number): boolean {
  if (!startsWord(text, start) || !endsWord(text, end)) return false;
  if (/[.\-/+@]/.test(text.charAt(start - 1)) && /[\w)]/.test(text.charAt(start - 2))) return false;
  return !/^(?:[.-]\w|@|\/\w)/.test(text.slice(end, end + 2));
}

function hasNetwork(digits: string): boolean {
  return NETWORKS.some(
    ([pattern, lengths]) => lengths.includes(digits.length) && pattern.test(digits),
  );
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits.at(-1 - index));
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
