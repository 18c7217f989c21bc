/**
 * UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then random bits, so ids are
 * globally unique and sort by time. One random fill serves many ids.
 */
const POOL_BYTES = 10 * 256;
const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A new UUIDv7 for the wall-clock time `now` (epoch milliseconds). */
export function uuidv7(now: number): string {
  if (used + 10 > POOL_BYTES) {
    globalThis.crypto.getRandomValues(pool);
    used = 0;
  }
  const stamp = Math.floor(now).toString(16).padStart(12, '0');
  const random = pool.subarray(used, used + 10);
  used += 10;
  const hex = (index: number): string => HEX[random[index] ?? 0] ?? '00';
  const version = HEX[((random[0] ?? 0) & 0x0f) | 0x70];
  const variant = HEX[((random[2] ?? 0) & 0x3f) | 0x80];
  return (
    `${stamp.slice(0, 8)}-${stamp.slice(8)}-${version}${hex(1)}-${variant}${hex(3)}-` +
    `${hex(4)}${hex(5)}${hex(6)}${hex(7)}${hex(8)}${hex(9)}`
  );
}
