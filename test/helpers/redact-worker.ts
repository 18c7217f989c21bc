// Redacts texts on a thread of its own, so that a test can give up on one that never ends.
import { parentPort, workerData } from 'node:worker_threads';
import type { RedactionOptions } from '../../src/core/options.ts';
import { loadRedactor } from '../../src/redact/redactor.ts';

const redactor = await loadRedactor(workerData as RedactionOptions);
parentPort?.on('message', (text: string) => {
  const redacted = redactor.redact(text);
  const { length } = redacted.text;
  parentPort?.postMessage({ length, redactions: redacted.redactions });
});
