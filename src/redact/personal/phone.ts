/**
 * Telephone numbers. International ones (`+44 20 7946 0958`) are judged by libphonenumber, North
 * American ones by their 3-3-4 form, others only beside words that name them: most digit groups in
 * code are something else. The library comes by argument, so that it is loaded only where it is used.
 */
import { contextBefore, endsWord, matchesOf, startsWord } from '../boundary.ts';
import { type Detector, type Finding, isFull, personal } from '../finding.ts';

/** True when some country has such a number; `region` where the text has no country code. */
export type PhoneCheck = (number: string, region: string | null) => boolean;

const NUMBER = /(?:\+|\(\+?)?\d(?:[ \u00a0.()/-]{0,2}\d){6,16}/g;
const INTERNATIONAL = /^\(?\+/;
const NORTH_AMERICAN =
  /^(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([ .-]))[2-9]\d{2}(?:[.-]| (?=\d))\d{4}$/;
const NAMED =
  /(?:phone|telephone|\btel|mobile|\bcell|\bcall|\bfax|whatsapp|\bsms|text me|handy|telefon|t[ée]l[ée]phone|contact|hotline|reach me|dial)(?:\W{0,3}(?:no|nr|num|number|me|us|at|is|on|under|to|home|work|office|line|them|him|her)\b)*[\W_]{0,6}$/;
/** E.164 */
const MAX_DIGITS = 15;
const REGIONS = [
  'US',
  'GB',
  'DE',
  'FR',
  'ES',
  'IT',
  'NL',
  'IN',
  'AU',
  'BR',
  'JP',
  'CH',
  'AT',
  'PL',
  'SE',
];
/**
 * A number costs the library about 30 µs. Beyond so many in one text, the form alone decides: then
 * rather too much is redacted than the recorder held up.
 */
const MAX_CHECKS = 3_000;

export function makePhoneDetector(isNumber: PhoneCheck): Detector {
  return (text) => {
    const findings: Finding[] = [];
    let checks = 0;
    const check: PhoneCheck = (number, region) => {
      checks += 1;
      return checks > MAX_CHECKS || isNumber(number, region);
    };
    for (const { index, 0: run } of matchesOf(NUMBER, text)) {
      if (isFull(findings, text)) break;
      findings.push(...numbersIn(text, { index, run }, check));
    }
    return findings;
  };
}

function numbersIn(
  text: string,
  { index, run }: { index: number; run: string },
  check: PhoneCheck,
): Finding[] {
  return [{ start: index, raw: run }, ...partsOf(index, run)].flatMap(({ start, raw }) => {
    const confidence = standsAlone(text, start, raw) ? confidenceOf(text, start, raw, check) : 0;
    return confidence === 0
      ? []
      : [personal('PHONE', { start, end: start + raw.length }, confidence)];
  });
}

const SEVERAL = /\(| {2}|\d{3}[.-]\d{3}[.-]/;

/** Two numbers that stand one behind the other look like one run of digits. */
function partsOf(index: number, run: string): { start: number; raw: string }[] {
  if (!run.includes(' ') || !SEVERAL.test(run)) return [];
  const cuts = [...run.matchAll(/\d {1,2}(?=\()|\d {2}(?=\d)|\d [./-]? ?(?=\d{3}[.-]\d{3}[.-])/g)];
  if (cuts.length === 0) return [];
  const ends = [...cuts.map((cut) => cut.index + 1), run.length];
  return ends.map((end, at) => {
    const from = at === 0 ? 0 : (cuts[at - 1]?.index ?? 0) + (cuts[at - 1]?.[0].length ?? 0);
    return { start: index + from, raw: run.slice(from, end) };
  });
}

function standsAlone(text: string, start: number, number: string): boolean {
  const end = start + number.length;
  if (!startsWord(text, start) || !endsWord(text, end)) return false;
  if (/[-./+=_@#]/.test(text.charAt(start - 1)) && /[\w+/]/.test(text.charAt(start - 2))) {
    // `tel:+1…`, `phone=415-…` and `key=+49…` are fine, the middle of a date or an id is not.
    if (text.charAt(start - 1) !== '=') return false;
  }
  return !/^[-./:@+]\w/.test(text.slice(end, end + 2));
}

function confidenceOf(text: string, start: number, number: string, check: PhoneCheck): number {
  const digits = number.replaceAll(/\D/g, '').length;
  if (digits > MAX_DIGITS) return 0;
  if (INTERNATIONAL.test(number)) {
    return digits >= 8 && check(number, null) ? 0.95 : 0;
  }
  const isNamed = NAMED.test(contextBefore(text, start, 40));
  if (NORTH_AMERICAN.test(number) && check(number, 'US')) return isNamed ? 0.95 : 0.75;
  return isNamed && digits >= 7 && isNational(number, check) ? 0.8 : 0;
}

function isNational(number: string, check: PhoneCheck): boolean {
  // 00 is how + is dialled.
  if (number.startsWith('00')) return check(`+${number.slice(2)}`, null);
  return REGIONS.some((region) => check(number, region));
}
