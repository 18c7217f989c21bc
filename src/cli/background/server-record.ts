/**
 * The file by which a running server is known: server-<port>.json in the data folder. It proves
 * nothing alone (a process id may have been given to another program); find-server.ts compares it
 * with what the server itself answers.
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ServerRecord {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  /** Random per process; the server gives it on /healthz. */
  readonly instance: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly version: string;
  readonly dataDir: string;
  readonly dialects: string;
  readonly providers: readonly {
    readonly name: string;
    readonly type: string;
    readonly baseUrl: string;
  }[];
  /** How a further screen attaches; null when it cannot. */
  readonly screen: {
    readonly url: string;
    readonly token: string;
    readonly sqlitePath: string | null;
  } | null;
}

const RECORD_FILE = /^server-(\d{1,5})\.json$/;

function fileOf(dataDir: string, port: number): string {
  return join(dataDir, `server-${port}.json`);
}

/** Throws what the file system throws. A reader sees the old file or the new one, never half. */
export function writeServerRecord(record: ServerRecord): void {
  const file = fileOf(record.dataDir, record.port);
  const temporary = `${file}.${record.pid}`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(temporary, file);
}

/** null when there is none, or none that can be read. */
export function readServerRecord(dataDir: string, port: number): ServerRecord | null {
  try {
    const value: unknown = JSON.parse(readFileSync(fileOf(dataDir, port), 'utf8'));
    return isRecord(value) ? { ...value, screen: screenOf(value) } : null;
  } catch {
    return null;
  }
}

export interface StoredRecord {
  readonly file: string;
  /** null: what the file holds is no record. */
  readonly record: ServerRecord | null;
}

/** The records of all ports in the data folder; none when it cannot be read. */
export function readServerRecords(dataDir: string): StoredRecord[] {
  return filesOf(dataDir).map((name) => {
    const port = Number(RECORD_FILE.exec(name)?.[1]);
    return { file: join(dataDir, name), record: readServerRecord(dataDir, port) };
  });
}

function filesOf(dataDir: string): string[] {
  try {
    return readdirSync(dataDir).filter((name) => RECORD_FILE.test(name));
  } catch {
    return [];
  }
}

/** Removes what readServerRecords() found. */
export function removeRecordFile(file: string): void {
  rmSync(file, { force: true });
}

/** Removes the file, but only when it is still that instance's. */
export function removeServerRecord(dataDir: string, port: number, instance: string): void {
  if (readServerRecord(dataDir, port)?.instance === instance) {
    rmSync(fileOf(dataDir, port), { force: true });
  }
}

/** Missing in the record of an older version. */
function screenOf(record: object): ServerRecord['screen'] {
  const { screen } = { ...record } as Record<string, unknown>;
  if (typeof screen !== 'object' || screen === null) return null;
  const { url, token, sqlitePath } = { ...screen } as Record<string, unknown>;
  if (typeof url !== 'string' || typeof token !== 'string') return null;
  return { url, token, sqlitePath: typeof sqlitePath === 'string' ? sqlitePath : null };
}

function isRecord(value: unknown): value is ServerRecord {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Record<string, unknown> = { ...value };
  const hasNumbers = ['pid', 'port', 'startedAt'].every((name) => Number.isInteger(fields[name]));
  const hasTexts = ['host', 'instance', 'version', 'dataDir', 'dialects'].every(
    (name) => typeof fields[name] === 'string',
  );
  return hasNumbers && hasTexts && Number(fields['pid']) > 0 && isProviders(fields['providers']);
}

function isProviders(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((item: unknown) => {
      const fields: Record<string, unknown> = { ...(typeof item === 'object' ? item : null) };
      return ['name', 'type', 'baseUrl'].every((name) => typeof fields[name] === 'string');
    })
  );
}
