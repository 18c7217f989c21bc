// How much of what is private is found, and how much of what is found is private, per type.
// corpus/positive.txt: a type, a tab, a text with its private values marked «like this»; `{kind}` is
// replaced by a planted value of that kind. corpus/negative.txt: texts in which nothing is private.
// One case a line, ␤ for a line break.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRedactor } from '../../src/redact/redactor.ts';
import { type Planted, plantedValues } from '../helpers/planted.ts';
import { EVERYTHING } from '../helpers/redaction-options.ts';

const planted = plantedValues(2000);
const used = new Map<string, number>();

/** The next value of a kind, its private part marked. */
function nextValue(kind: string): string {
  const all = planted.filter((value) => value.kind === kind);
  const at = used.get(kind) ?? 0;
  used.set(kind, at + 1);
  const { text, needle } = all[at % all.length] as Planted;
  return kind === 'private key' ? `«${text}»` : text.replace(needle, `«${needle}»`);
}

interface Case {
  readonly type: string;
  readonly text: string;
  readonly ranges: readonly (readonly [number, number])[];
}

function caseOf(type: string, line: string): Case {
  const marked = line.replaceAll(/\{([a-z][a-z ]+)\}/g, (all, kind: string) =>
    planted.some((value) => value.kind === kind) ? nextValue(kind) : all,
  );
  const ranges: [number, number][] = [];
  let text = '';
  for (const [index, piece] of marked.split(/[«»]/).entries()) {
    if (index % 2 === 1 && piece !== '') ranges.push([text.length, text.length + piece.length]);
    text += piece;
  }
  return { type, text, ranges };
}

function linesOf(file: string): string[] {
  const text = readFileSync(join(import.meta.dirname, 'corpus', file), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll('␤', '\n'));
}

const positives = linesOf('positive.txt').map((line) => {
  const [type = '', text = ''] = line.split('\t');
  return caseOf(type, text);
});
const negatives = [...linesOf('negative.txt'), ...negativeFamilies()];

/** Families of things that look alike, many of each. */
function negativeFamilies(): string[] {
  const hex = (n: number, length: number): string =>
    Array.from({ length }, (_, i) =>
      ((n * 7919 + i * 104_729 + ((n * i) % 97)) % 16).toString(16),
    ).join('');
  return Array.from({ length: 12 }, (_, n) => [
    `${hex(n, 8)}-${hex(n + 1, 4)}-4${hex(n + 2, 3)}-a${hex(n + 3, 3)}-${hex(n + 4, 12)}`,
    `commit ${hex(n, 40)}`,
    `"integrity": "sha512-${Buffer.from(hex(n, 64)).toString('base64')}"`,
    `toolu_01${hex(n, 22)}`,
    `ts=${1_700_000_000_000 + n * 86_413_731}`,
    `${1_700_000_000 + n * 99_991}.${hex(n, 3).replaceAll(/[a-f]/g, '7')}`,
    `pkg-${n}@${n}.${n + 1}.${n + 2}`,
    `10.${n}.0.0/16`,
    `    at f${n} (/app/src/f${n}.ts:${n * 31 + 1}:${n + 5})`,
    `[2026-11-24T08:${String(n + 10)}:13.${100 + n}Z] INFO worker-${n} processed ${n * 1237} of ${n * 4567} items`,
    `node_modules/.pnpm/x@${n}.0.${n}_${hex(n, 32)}/node_modules/x`,
    `id: ${(4_532_000_000_000_000 + n * 7_919_317_113).toString()}`,
  ]).flat();
}

describe('the corpus', () => {
  it('is large', () => {
    expect(positives.length).toBeGreaterThanOrEqual(300);
    expect(negatives.length).toBeGreaterThanOrEqual(500);
    expect(positives.filter(({ ranges }) => ranges.length === 0)).toEqual([]);
  });

  it('reaches recall and precision of 99 %', async () => {
    const redactor = await loadRedactor(EVERYTHING);
    const table = new Map<string, { wanted: number; found: number; wrong: number }>();
    const of = (type: string) => {
      const row = table.get(type) ?? { wanted: 0, found: 0, wrong: 0 };
      table.set(type, row);
      return row;
    };
    const misses: string[] = [];
    const alarms: string[] = [];
    for (const { type, text, ranges } of positives) {
      const findings = redactor.find(text);
      for (const [start, end] of ranges) {
        const isCovered = findings.some((finding) => finding.start <= start && finding.end >= end);
        of(type).wanted += 1;
        if (isCovered) of(type).found += 1;
        else misses.push(`${type}: ${text.slice(start, end)} in ${text.slice(0, 160)}`);
      }
      for (const finding of findings) {
        if (ranges.some(([start, end]) => finding.start < end && finding.end > start)) continue;
        of(finding.type).wrong += 1;
        alarms.push(
          `${finding.type} (${finding.rule}): ${text.slice(finding.start, finding.end)} in ${text.slice(0, 160)}`,
        );
      }
    }
    for (const text of negatives) {
      for (const finding of redactor.find(text)) {
        of(finding.type).wrong += 1;
        alarms.push(
          `${finding.type} (${finding.rule}): ${text.slice(finding.start, finding.end)} in ${text.slice(0, 160)}`,
        );
      }
    }
    const rows = [...table].map(([type, { wanted, found, wrong }]) => ({
      type,
      wanted,
      recall: wanted === 0 ? null : found / wanted,
      precision: found + wrong === 0 ? null : found / (found + wrong),
    }));
    const sum = (pick: (row: { wanted: number; found: number; wrong: number }) => number): number =>
      [...table.values()].reduce((total, row) => total + pick(row), 0);
    const found = sum((row) => row.found);
    const recall = found / sum((row) => row.wanted);
    const precision = found / (found + sum((row) => row.wrong));
    console.log({ cases: [positives.length, negatives.length], recall, precision });
    console.table(rows);
    if (misses.length + alarms.length > 0) console.log({ misses, alarms });
    expect(recall).toBeGreaterThanOrEqual(0.99);
    expect(precision).toBeGreaterThanOrEqual(0.99);
  });
});
