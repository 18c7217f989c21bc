/**
 * What node:http lets pass and this proxy must not: requests whose body it would hand on as something
 * else than it is. Pure.
 */
import type { IncomingMessage } from 'node:http';
import type { HeaderMap } from './headers.ts';

/** Why a request cannot be forwarded, or null. */
export function framingProblem(
  req: Pick<IncomingMessage, 'httpVersion' | 'httpVersionMajor' | 'httpVersionMinor'>,
  headers: HeaderMap,
): string | null {
  if (req.httpVersionMajor !== 1) {
    return `HTTP/${req.httpVersion} is not spoken here: use HTTP/1.1`;
  }
  const coding = headers.get('transfer-encoding');
  if (coding === undefined) return null;
  // RFC 9112 section 6.1: HTTP/1.0 has none, so that the message's end is in doubt.
  if (req.httpVersionMinor === 0) return 'a Transfer-Encoding needs HTTP/1.1';
  // The coding ends here, as all of this hop; but only chunks are undone.
  return coding.toLowerCase() === 'chunked'
    ? null
    : 'no Transfer-Encoding but chunked is understood here: compress with Content-Encoding';
}
