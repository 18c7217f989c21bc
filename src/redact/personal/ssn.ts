/**
 * US social security numbers: `123-45-6789` by its form and the ranges that were ever given out; with
 * blanks or without separators only beside words that name it.
 */
import { contextBefore, endsWord, matchesOf, startsWord } from '../boundary.ts';
import { type Detector, type Finding, isFull, personal } from '../finding.ts';

const DASHED = /(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}/g;
const PLAIN = /(?!000|666|9\d\d)\d{3} ?(?!00)\d{2} ?(?!0000)\d{4}/g;
const NAMED =
  /(?:\bssn|social[ _-]?security|tax[ _-]?(?:payer)?[ _-]?id|\btin)\W{0,3}(?:\w{1,8}\W{1,3}){0,2}$/;
/** Printed in advertisements, never valid. */
const ADVERTISED = new Set(['078-05-1120', '219-09-9999']);

export function makeSsnDetector(): Detector {
  return (text) => [...find(text, DASHED, 0.9), ...find(text, PLAIN, 0)];
}

/** @param confidence without words that name it; 0: not a number then. */
function find(text: string, pattern: RegExp, confidence: number): Finding[] {
  const findings: Finding[] = [];
  for (const { index: start, 0: number } of matchesOf(pattern, text)) {
    const end = start + number.length;
    if (isFull(findings, text)) break;
    if (!standsAlone(text, start, end) || ADVERTISED.has(number)) continue;
    const isNamed = confidence === 0 && NAMED.test(contextBefore(text, start, 48));
    const sure = isNamed ? 0.9 : confidence;
    if (sure > 0) findings.push(personal('SSN', { start, end }, sure));
  }
  return findings;
}

function standsAlone(text: string, start: number, end: number): boolean {
  if (!startsWord(text, start) || !endsWord(text, end)) return false;
  if (/[-./+]/.test(text.charAt(start - 1)) && /\w/.test(text.charAt(start - 2))) return false;
  return !/^[-./:]\w/.test(text.slice(end, end + 2));
}
