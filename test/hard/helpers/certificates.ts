// Certificates made by the test: any signer, names and dates, good and bad. Just enough X.509 (RFC 5280)
// in DER for a TLS client to judge; no tool of the machine is needed.
import { generateKeyPairSync, type KeyObject, randomInt, sign } from 'node:crypto';

const DAY_MS = 86_400_000;
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';

export interface Identity {
  readonly name: string;
  readonly privateKey: KeyObject;
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

interface Wish {
  /** The subject, and the host name it is for. */
  readonly name: string;
  /** IPv4 addresses it is for. */
  readonly addresses?: readonly string[];
  /** Itself when left out. */
  readonly signer?: Identity;
  readonly isAuthority?: boolean;
  /** Days from now. */
  readonly from?: number;
  readonly until?: number;
}

export function makeIdentity(wish: Wish): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(ECDSA_SHA256));
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(randomInt(2 ** 24, 2 ** 31)),
    algorithm,
    nameOf(wish.signer?.name ?? wish.name),
    sequence(time(wish.from ?? -1), time(wish.until ?? 1)),
    nameOf(wish.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(constraints(wish.isAuthority ?? false), alternativeNames(wish))),
  );
  const signature = sign('sha256', body, wish.signer?.privateKey ?? privateKey);
  return {
    name: wish.name,
    privateKey,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(sequence(body, algorithm, tagged(0x03, Buffer.from([0]), signature))),
  };
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  const first = bytes.findIndex((byte) => byte !== 0);
  return tagged(0x02, bytes.subarray(first === -1 ? 3 : first));
}

function oid(text: string): Buffer {
  const [one = 0, two = 0, ...rest] = text.split('.').map(Number);
  return tagged(0x06, Buffer.from([one * 40 + two, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}

function nameOf(text: string): Buffer {
  const attribute = sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from(text)));
  return sequence(tagged(0x31, attribute));
}

/** GeneralizedTime, to the second. */
function time(days: number): Buffer {
  const iso = new Date(Date.now() + days * DAY_MS).toISOString();
  return tagged(0x18, Buffer.from(`${iso.replace(/\.\d+Z$/, '').replace(/\D/g, '')}Z`));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), tagged(0x04, value));
}

function constraints(isAuthority: boolean): Buffer {
  const flag = isAuthority ? [tagged(0x01, Buffer.from([0xff]))] : [];
  return extension('2.5.29.19', sequence(...flag));
}

function alternativeNames({ name, addresses = [] }: Wish): Buffer {
  const ips = addresses.map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number))));
  return extension('2.5.29.17', sequence(tagged(0x82, Buffer.from(name)), ...ips));
}
