/** The configuration of redaction as the recorder's slice of plain data. */
import type { PersonalType, RedactionOptions } from '../core/options.ts';
import type { Config } from './schema.ts';

/**
 * null when nothing is to be replaced.
 * @param installationKey keys the tokens where the configuration names no key
 */
export function redactionOptions(
  { session_recording: { secrets, pii } }: Config,
  installationKey: string,
): RedactionOptions | null {
  if (!secrets.enabled && !pii.enabled) return null;
  const detected: readonly (readonly [PersonalType, boolean])[] = [
    ['EMAIL', pii.detect_email],
    ['PHONE', pii.detect_phone],
    ['SSN', pii.detect_ssn],
    ['CREDIT_CARD', pii.detect_credit_card],
    ['IP_ADDRESS', pii.detect_ip_address],
  ];
  const patterns = pii.enabled ? pii.custom_patterns : [];
  return {
    secrets: secrets.enabled,
    personal: detected.filter(([, isOn]) => pii.enabled && isOn).map(([type]) => type),
    minConfidence: pii.min_confidence,
    mode: pii.redaction_mode,
    partialShowChars: pii.partial_show_chars,
    customPatterns: patterns.map(({ name, pattern, confidence, redaction_mode, placeholder }) => ({
      name,
      pattern,
      confidence,
      mode: redaction_mode ?? null,
      placeholder: placeholder ?? null,
    })),
    tokenKey: pii.hmac_secret ?? installationKey,
  };
}
