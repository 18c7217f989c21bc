/**
 * The keys of redaction: secrets, which are always replaced unless that is turned off, and personal
 * data, with the original's names. A part of the one schema in schema.ts.
 */
import * as z from 'zod';

const MODES = ['mask', 'remove', 'tokenize', 'partial'] as const;

/** RE2, which runs them, knows neither; said here, where the file and the line are known. */
const NOT_LINEAR = /\(\?<?[=!]|\\[1-9]|\\k</;

const confidence = () => z.number().min(0).max(1);

const customPattern = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][\w-]{0,39}$/, 'expected letters, digits, - and _, at most 40')
    .describe('What replaced values are called.'),
  pattern: z
    .string()
    .min(1)
    .max(1000)
    .refine(isExpression, 'expected a regular expression')
    .refine(
      (text) => !NOT_LINEAR.test(text),
      'must have no look-around and no back-references: they can take exponential time',
    )
    .describe('Regular expression in RE2 syntax.'),
  confidence: confidence().default(0.9).describe('How certain a match is, 0 to 1.'),
  redaction_mode: z.enum(MODES).optional().describe('Instead of pii.redaction_mode.'),
  placeholder: z
    .string()
    .max(80)
    .regex(/^[^"\\\p{Cc}]*$/u, 'must have no quotes, backslashes and control characters')
    .optional()
    .describe('What mask writes instead of [name].'),
});

const found = (what: string) => z.boolean().default(true).describe(`Look for ${what}.`);

export const secretsSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Replace keys, tokens and passwords before anything is recorded or shown.'),
  })
  .prefault({});

export const piiSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Replace personal data before anything is recorded or shown.'),
    detect_email: found('e-mail addresses'),
    detect_phone: found('telephone numbers'),
    detect_ssn: found('US social security numbers'),
    detect_credit_card: found('payment card numbers'),
    detect_ip_address: found('IP addresses'),
    min_confidence: confidence().default(0.7).describe('Less certain finds stay, 0 to 1.'),
    redaction_mode: z
      .enum(MODES)
      .default('mask')
      .describe('mask [EMAIL], remove, tokenize [EMAIL:a3f8e9d2] or partial (last characters).'),
    partial_show_chars: z
      .int()
      .min(0)
      .max(32)
      .default(4)
      .describe('Last characters that partial leaves; never more than half of a value.'),
    hmac_secret: z
      .string()
      .min(8)
      .optional()
      .describe('Key of the tokens; without it each installation makes its own.'),
    custom_patterns: z
      .array(customPattern)
      .max(50)
      .default([])
      .describe('Own patterns, looked for as well.'),
  })
  .prefault({});

function isExpression(text: string): boolean {
  try {
    // RE2's inline flags and named groups are written otherwise in JavaScript.
    return (
      new RegExp(text.replaceAll(/\(\?[imsU]+\)/g, '').replaceAll('(?P<', '(?<')) instanceof RegExp
    );
  } catch {
    return false;
  }
}
