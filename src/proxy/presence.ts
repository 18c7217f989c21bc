/**
 * Whether a client is still there while nothing is read from it. What a slow provider holds back
 * stays in the client's socket, and behind it the news that the client has left, or reset. On
 * Linux the kernel's list of connections tells, for a client on this machine also before its last
 * bytes are read; elsewhere it is noticed when they are. Must never take a client that is there for gone.
 */
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

const TABLES = ['/proc/self/net/tcp', '/proc/self/net/tcp6'];
const ESTABLISHED = '01';

type End = readonly [address: string | undefined, port: number | undefined];

export class Presence {
  /** Not in the last list: one that is read while it changes may lack a line, so a second is read at once. */
  readonly #missing = new WeakSet<Socket>();

  /** Those of `sockets` whose other end has closed or reset the connection. */
  async departed(sockets: readonly Socket[]): Promise<Socket[]> {
    const gone = await this.#look(sockets);
    const doubtful = sockets.filter(
      (socket) => this.#missing.has(socket) && !gone.includes(socket),
    );
    return doubtful.length === 0 ? gone : [...gone, ...(await this.#look(doubtful))];
  }

  async #look(sockets: readonly Socket[]): Promise<Socket[]> {
    const states = connectionStates(await Promise.all(TABLES.map(read)));
    return states.size === 0 ? [] : sockets.filter((socket) => this.#hasLeft(socket, states));
  }

  #hasLeft(socket: Socket, states: ReadonlyMap<string, string>): boolean {
    const here: End = [socket.localAddress, socket.localPort];
    const there: End = [socket.remoteAddress, socket.remotePort];
    const own = keyOf(here, there);
    const other = keyOf(there, here);
    if (own === null || other === null) return false;
    const state = states.get(own);
    if (state === undefined) return this.#isMissingAgain(socket);
    this.#missing.delete(socket);
    // The other end is in the list when it is on this machine.
    return state !== ESTABLISHED || (states.get(other) ?? ESTABLISHED) !== ESTABLISHED;
  }

  #isMissingAgain(socket: Socket): boolean {
    const isAgain = this.#missing.has(socket);
    this.#missing.add(socket);
    return isAgain;
  }
}

function read(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '');
}

/** State by `local remote`, both as hexadecimal address:port. */
export function connectionStates(tables: readonly string[]): Map<string, string> {
  const states = new Map<string, string>();
  for (const line of tables.join('\n').split('\n')) {
    const match =
      /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]{2}) /.exec(line);
    if (match === null) continue;
    const [, local = '', localPort, remote = '', remotePort, state = ''] = match;
    states.set(`${bare(local)}:${localPort} ${bare(remote)}:${remotePort}`, state);
  }
  return states;
}

function keyOf([address, port]: End, [otherAddress, otherPort]: End): string | null {
  const one = hexAddress(address);
  const other = hexAddress(otherAddress);
  if (one === null || other === null) return null;
  return `${one}:${hexPort(port)} ${other}:${hexPort(otherPort)}`;
}

/** Without the prefix of an IPv4 address that an IPv6 socket reports. */
function bare(hex: string): string {
  return hex.replace(/^0{16}FFFF0000/, '');
}

/** As the kernel writes it, in its own byte order: that of all machines in use. Null for what is neither. */
function hexAddress(address: string | undefined): string | null {
  if (address === '::1') return '00000000000000000000000001000000';
  const parts = (address ?? '').replace(/^::ffff:/, '').split('.');
  return parts.length === 4 ? parts.toReversed().map(hexByte).join('') : null;
}

function hexByte(text: string): string {
  return Number(text).toString(16).toUpperCase().padStart(2, '0');
}

function hexPort(port: number | undefined): string {
  return (port ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
