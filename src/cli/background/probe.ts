/**
 * Asks whoever listens on an address who it is, through GET /healthz. Never trusts the answer's
 * size or shape: it may come from any program.
 */
import { type IncomingMessage, request } from 'node:http';
import { clientHost } from '../address.ts';

export type Listener =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'lunaroute';
      readonly version: string;
      readonly instance: string;
      readonly pid: number;
    }
  | { readonly kind: 'foreign' };

const TIMEOUT_MS = 2000;
const MAX_ANSWER_BYTES = 16 * 1024;

/** Nobody is there, or the address is not ours to reach. */
const NOBODY = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EADDRNOTAVAIL',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

export function probe(host: string, port: number): Promise<Listener> {
  return new Promise((resolve) => {
    const asked = request({
      host: clientHost(host),
      port,
      path: '/healthz',
      agent: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    asked.on('response', (response) => {
      readAnswer(response).then(
        (text) => resolve(identify(text)),
        () => resolve({ kind: 'foreign' }),
      );
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ kind: NOBODY.has(error.code ?? '') ? 'none' : 'foreign' });
    });
    asked.end();
  });
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('answer too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function identify(text: string): Listener {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null) return { kind: 'foreign' };
    const { name, version, instance, pid } = { ...answer } as Record<string, unknown>;
    const isOurs = name === 'lunaroute' && typeof version === 'string';
    if (!isOurs || typeof instance !== 'string' || typeof pid !== 'number') {
      return { kind: 'foreign' };
    }
    return { kind: 'lunaroute', version, instance, pid };
  } catch {
    return { kind: 'foreign' };
  }
}
