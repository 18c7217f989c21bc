/**
 * A person's own patterns, run by RE2's algorithm (re2js): no pattern can take exponential time, and
 * one that RE2 cannot run (look-around, back-references) is refused at start. All patterns are one
 * expression, so that a text is gone through once. Loaded only where there are patterns.
 */
import { UserError } from '../core/errors.ts';
import type { CustomPattern } from '../core/options.ts';
import { type Detector, type Finding, isFull, unsearched } from './finding.ts';

/** For one text. Each match costs at most its distance to the text's end; this bounds their sum. */
const MAX_MS = 1000;

export async function loadCustomDetector(
  patterns: readonly CustomPattern[],
  now: () => number,
): Promise<Detector> {
  const { RE2JS } = await import('re2js');
  const groups = patterns.map((custom, index) => {
    try {
      if (RE2JS.compile(custom.pattern).matches('')) throw new Error('it matches nothing at all');
    } catch (error) {
      throw unusable(custom, error);
    }
    return `(?P<luna${index}>${custom.pattern})`;
  });
  const all = RE2JS.compile(groups.join('|'));
  return (text) => {
    const findings: Finding[] = [];
    const matcher = all.matcher(text);
    const deadline = now() + MAX_MS;
    while (matcher.find()) {
      const index = patterns.findIndex((_, at) => matcher.group(`luna${at}`) !== null);
      const [start, end] = [matcher.start(), matcher.end()];
      const custom = patterns[index];
      if (custom !== undefined && end > start) findings.push(findingOf(custom, start, end));
      if (isFull(findings, text)) break;
      if (now() > deadline) return [...findings, unsearched({ start: end, end: text.length })];
    }
    return findings;
  };
}

function findingOf(custom: CustomPattern, start: number, end: number): Finding {
  const { name, confidence, mode, placeholder } = custom;
  return { start, end, type: name, rule: `custom: ${name}`, confidence, mode, placeholder };
}

function unusable({ name, pattern }: CustomPattern, error: unknown): UserError {
  const reason = error instanceof Error ? error.message : String(error);
  return new UserError(`the custom pattern ${name} (${pattern}) cannot be used: ${reason}`, {
    hint: 'Write it in RE2 syntax: no look-around, no back-references, repetitions up to 1000.',
    cause: error,
  });
}
