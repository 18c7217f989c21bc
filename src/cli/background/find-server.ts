/**
 * Who is on our port? A server counts as ours only when the record in the data folder and the
 * server's own answer name the same instance. Never goes by a process's name.
 */
import process from 'node:process';
import { type Listener, probe } from './probe.ts';
import { readServerRecord, removeServerRecord, type ServerRecord } from './server-record.ts';

export type Found =
  /** Ours: it may be reused and stopped. */
  | { readonly kind: 'ours'; readonly record: ServerRecord }
  /** A LunaRoute of another data folder or user: it may be reused, never stopped. */
  | { readonly kind: 'other'; readonly listener: Extract<Listener, { kind: 'lunaroute' }> }
  | { readonly kind: 'foreign' }
  /** Nobody answers, but the recorded process lives: it is starting, ending, or stuck. */
  | { readonly kind: 'silent'; readonly record: ServerRecord }
  | { readonly kind: 'none' };

/** Also removes the record of a server that is no more. */
export async function findServer(dataDir: string, host: string, port: number): Promise<Found> {
  const { found, gone } = await look(dataDir, host, port);
  if (gone !== null) removeServerRecord(dataDir, port, gone.instance);
  return found;
}

/** findServer() without changing anything. */
export async function lookForServer(dataDir: string, host: string, port: number): Promise<Found> {
  return (await look(dataDir, host, port)).found;
}

interface Look {
  readonly found: Found;
  /** The record of a server that is no more. */
  readonly gone: ServerRecord | null;
}

async function look(dataDir: string, host: string, port: number): Promise<Look> {
  const listener = await probe(host, port);
  const record = readServerRecord(dataDir, port);
  if (listener.kind === 'lunaroute') {
    const isOurs = record !== null && record.instance === listener.instance;
    return { found: isOurs ? { kind: 'ours', record } : { kind: 'other', listener }, gone: null };
  }
  if (listener.kind === 'foreign') return { found: { kind: 'foreign' }, gone: null };
  if (record === null) return { found: { kind: 'none' }, gone: null };
  const lives = isAlive(record.pid);
  return lives
    ? { found: { kind: 'silent', record }, gone: null }
    : { found: { kind: 'none' }, gone: record };
}

/** Whether a process with this id exists, be it ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
