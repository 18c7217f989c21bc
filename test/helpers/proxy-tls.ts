import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

const read = (name: string): string =>
  readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');

/** A certificate for 127.0.0.1 and localhost that signs itself. */
export function testCertificate(): { key: string; cert: string } {
  return { key: read('test-only.key'), cert: read('test-only.crt') };
}

/** As NODE_EXTRA_CA_CERTS would, for this process. */
export function trustTestCertificate(): void {
  setDefaultCACertificates([...getCACertificates('default'), testCertificate().cert]);
}
