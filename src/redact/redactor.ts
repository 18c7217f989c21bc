/**
 * Finds private values in a text and replaces them. Pure: the same text gives the same result, and what
 * was looked at lately (headers, ids, an answer and its assembled text) is not looked at again. Every detector takes at most linear time. Must never say what a value was, and never throw
 * on any text.
 */
import type { PersonalType, RedactionOptions } from '../core/options.ts';
import { NO_REDACTIONS, type Redactions } from '../core/redactions.ts';
import { loadCustomDetector } from './custom.ts';
import type { Detector, Finding } from './finding.ts';
import { makeCardDetector } from './personal/card.ts';
import { makeEmailDetector } from './personal/email.ts';
import { makeIpDetector } from './personal/ip-address.ts';
import { makePhoneDetector } from './personal/phone.ts';
import { loadPhoneCheck } from './personal/phone-library.ts';
import { makeSsnDetector } from './personal/ssn.ts';
import { replacementOf } from './replacement.ts';
import { makeAssignmentDetector } from './secrets/assignments.ts';
import { makeConnectionDetector } from './secrets/connections.ts';
import { makeKeyBlockDetector } from './secrets/key-blocks.ts';
import { makeVendorKeyDetector } from './secrets/vendor-keys.ts';
import { TextMemo } from './text-memo.ts';

export interface RedactedText {
  /** The same string when nothing was found. */
  readonly text: string;
  readonly redactions: Redactions;
}

/** Shorter than any value that could be found: `1.2.3.4` is the shortest built in. */
const MIN_TEXT = 6;

export class Redactor {
  readonly #detectors: readonly Detector[];
  readonly #options: RedactionOptions;
  readonly #known = new TextMemo<readonly Finding[]>();

  constructor(options: RedactionOptions, detectors: readonly Detector[]) {
    this.#options = options;
    this.#detectors = detectors;
  }

  /** Own patterns may match across blanks, and nobody knows how they begin. */
  get hasCustomPatterns(): boolean {
    return this.#options.customPatterns.length > 0;
  }

  /** Certain enough, in order, not overlapping. */
  find(text: string): readonly Finding[] {
    if (text.length < MIN_TEXT && this.#options.customPatterns.length === 0) return [];
    return this.#known.get(text) ?? this.#known.put(text, this.#find(text));
  }

  #find(text: string): readonly Finding[] {
    const { minConfidence } = this.#options;
    const found = this.#detectors
      .flatMap((detect) => detect(text))
      .filter(({ confidence }) => confidence > 0 && confidence >= minConfidence);
    return found.length === 0 ? found : withoutOverlaps(found);
  }

  redact(text: string): RedactedText {
    return this.replace(text, this.find(text));
  }

  /**
   * A value of a JSON object: its key says what it is (`"password": "…"`), so it is looked at
   * together with it. Only the value is changed.
   */
  redactValue(value: string, key: string): RedactedText {
    if (key === '' || key.length > MAX_KEY || value.length > MAX_KEYED_VALUE) {
      return this.redact(value);
    }
    const before = `${key}: "`;
    const findings = this.find(`${before}${value}"`).flatMap((finding) => {
      const start = Math.max(0, finding.start - before.length);
      const end = Math.min(value.length, finding.end - before.length);
      return end > start ? [{ ...finding, start, end }] : [];
    });
    return this.replace(value, findings);
  }

  /** `findings` in order, of this text. */
  replace(text: string, findings: readonly Finding[]): RedactedText {
    if (findings.length === 0) return { text, redactions: NO_REDACTIONS };
    const redactions: Record<string, number> = {};
    const pieces: string[] = [];
    let at = 0;
    for (const finding of findings) {
      pieces.push(text.slice(at, finding.start), this.replacement(text, finding));
      at = finding.end;
      redactions[finding.type] = (redactions[finding.type] ?? 0) + 1;
    }
    pieces.push(text.slice(at));
    return { text: pieces.join(''), redactions };
  }

  replacement(text: string, finding: Finding): string {
    return replacementOf(text.slice(finding.start, finding.end), finding, this.#options);
  }

  /** An id (of a session, an agent) with a private value in it: tokenized in every mode, so that ids stay apart. */
  redactId(id: string): RedactedText {
    const findings = this.find(id).map((finding) => ({ ...finding, mode: 'tokenize' as const }));
    return this.replace(id, findings);
  }
}

/** Keys are short names; a long value says by itself what it is. */
const MAX_KEY = 64;
const MAX_KEYED_VALUE = 1024;

/** Throws a UserError for a custom pattern that cannot be used. */
export async function loadRedactor(options: RedactionOptions): Promise<Redactor> {
  const secrets = options.secrets ? secretDetectors() : [];
  const personal = await Promise.all(options.personal.map(personalDetector));
  const { customPatterns } = options;
  const custom =
    customPatterns.length === 0
      ? []
      : [await loadCustomDetector(customPatterns, () => performance.now())];
  return new Redactor(options, [...secrets, ...personal, ...custom]);
}

function secretDetectors(): Detector[] {
  return [
    makeVendorKeyDetector(),
    makeKeyBlockDetector(),
    makeConnectionDetector(),
    makeAssignmentDetector(),
  ];
}

async function personalDetector(type: PersonalType): Promise<Detector> {
  switch (type) {
    case 'EMAIL':
      return makeEmailDetector();
    case 'PHONE':
      return makePhoneDetector(await loadPhoneCheck());
    case 'SSN':
      return makeSsnDetector();
    case 'CREDIT_CARD':
      return makeCardDetector();
    case 'IP_ADDRESS':
      return makeIpDetector();
  }
}

/** Where findings overlap one remains, over all of their text: a secret if there is one, else the surest. */
function withoutOverlaps(found: readonly Finding[]): Finding[] {
  const ordered = found.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const kept: Finding[] = [];
  for (const finding of ordered) {
    const last = kept.at(-1);
    if (last === undefined || finding.start >= last.end) {
      kept.push(finding);
      continue;
    }
    // The host behind a URL's password looks like an address with it: it may stay.
    if (isSecret(last) && !isSecret(finding)) continue;
    const winner = rank(finding) > rank(last) ? finding : last;
    kept[kept.length - 1] = { ...winner, start: last.start, end: Math.max(last.end, finding.end) };
  }
  return kept;
}

function isSecret({ mode, placeholder, confidence }: Finding): boolean {
  return mode === 'mask' && placeholder === null && confidence === 1;
}

function rank(finding: Finding): number {
  return Number(isSecret(finding)) + finding.confidence;
}
