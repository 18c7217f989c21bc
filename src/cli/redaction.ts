/** The redactor that the configuration asks for, for commands; its libraries are loaded only here. */
import { redactionOptions } from '../config/redaction-options.ts';
import { UserError } from '../core/errors.ts';
import type { RedactionOptions } from '../core/options.ts';
import type { Redactor } from '../redact/redactor.ts';
import type { Invocation } from './context.ts';
import { loadFor } from './load-config.ts';
import { redactionKey } from './redaction-key.ts';

/** Throws a UserError for a custom pattern that cannot be used: better at start than in the recorder. */
export async function checkPatterns(options: RedactionOptions | null): Promise<void> {
  if (options === null || options.customPatterns.length === 0) return;
  const { loadCustomDetector } = await import('../redact/custom.ts');
  await loadCustomDetector(options.customPatterns, () => performance.now());
}

/** Throws a UserError when the configuration redacts nothing. */
export async function redactorFor(invocation: Invocation): Promise<Redactor> {
  const { config, dataDir } = loadFor(invocation);
  const options = redactionOptions(config, redactionKey(dataDir));
  if (options === null) {
    throw new UserError('redaction is turned off', {
      hint: 'Set session_recording.secrets.enabled or session_recording.pii.enabled to true.',
    });
  }
  const { loadRedactor } = await import('../redact/redactor.ts');
  return await loadRedactor(options);
}
