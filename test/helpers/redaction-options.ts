// Options for tests: everything is looked for.
import type { RedactionOptions } from '../../src/core/options.ts';

export const EVERYTHING: RedactionOptions = {
  secrets: true,
  personal: ['EMAIL', 'PHONE', 'SSN', 'CREDIT_CARD', 'IP_ADDRESS'],
  minConfidence: 0.7,
  mode: 'mask',
  partialShowChars: 4,
  customPatterns: [],
  tokenKey: 'key of the tests',
};
