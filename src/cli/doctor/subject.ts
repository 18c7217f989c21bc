/** What the checks look at: one look at the surroundings and at the server, shared by all of them. */
import type { LoadedConfig } from '../../config/load.ts';
import { clientUrl } from '../address.ts';
import { type Found, lookForServer } from '../background/find-server.ts';
import { readServerRecords, type StoredRecord } from '../background/server-record.ts';
import type { Invocation } from '../context.ts';
import { type Advice, adviceFor } from './advice.ts';
import type { Report } from './finding.ts';

export interface Subject {
  readonly invocation: Invocation;
  readonly loaded: LoadedConfig;
  /** Where clients reach the server, whether it runs or not. */
  readonly url: string;
  readonly found: Found;
  /** Of servers on any port. */
  readonly records: readonly StoredRecord[];
  readonly advice: Advice;
}

export interface Check {
  /** One or two words; the line's label. */
  readonly name: string;
  readonly look: (subject: Subject) => Report | Promise<Report>;
}

export async function lookAround(invocation: Invocation, loaded: LoadedConfig): Promise<Subject> {
  const { host, port } = loaded.config;
  const found: Found =
    port === 0 ? { kind: 'none' } : await lookForServer(loaded.dataDir, host, port);
  return {
    invocation,
    loaded,
    url: clientUrl(host, port),
    found,
    records: readServerRecords(loaded.dataDir),
    advice: adviceFor(invocation),
  };
}

/** A server answers there, ours or another LunaRoute. */
export function isServed({ found }: Subject): boolean {
  return found.kind === 'ours' || found.kind === 'other';
}
