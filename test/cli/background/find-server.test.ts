// Who counts as our server: only one whose record and own answer agree.
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findServer, isAlive } from '../../../src/cli/background/find-server.ts';
import {
  readServerRecord,
  removeServerRecord,
  type ServerRecord,
  writeServerRecord,
} from '../../../src/cli/background/server-record.ts';
import { freePort } from '../../helpers/program.ts';

/** No process has it: above every system's limit. */
const NO_PID = 2 ** 30;

let dataDir: string;
let server: http.Server;
let port: number;
let answer: () => string;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'lunaroute-find-'));
  answer = () => JSON.stringify({ name: 'lunaroute', version: '1', instance: 'i', pid: 5 });
  server = http.createServer((_request, response) => response.end(answer()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function record(over: Partial<ServerRecord> = {}): ServerRecord {
  return {
    pid: process.pid,
    host: '127.0.0.1',
    port,
    instance: 'i',
    startedAt: 1,
    version: '1',
    dataDir,
    dialects: 'both',
    providers: [{ name: 'a', type: 'anthropic', baseUrl: 'https://x' }],
    screen: null,
    ...over,
  };
}

describe('findServer', () => {
  it('is ours when record and answer name the same instance', async () => {
    writeServerRecord(record());
    expect(await findServer(dataDir, '0.0.0.0', port)).toEqual({ kind: 'ours', record: record() });
  });

  it('is another LunaRoute without a record, or with the record of another instance', async () => {
    expect((await findServer(dataDir, '127.0.0.1', port)).kind).toBe('other');
    writeServerRecord(record({ instance: 'older' }));
    expect((await findServer(dataDir, '127.0.0.1', port)).kind).toBe('other');
  });

  it.each(['hello', '{}', 'null', '{"name":"lunaroute"}', JSON.stringify('x'.repeat(100_000))])(
    'is foreign when it answers %.20s',
    async (text) => {
      answer = () => text;
      writeServerRecord(record());
      expect((await findServer(dataDir, '127.0.0.1', port)).kind).toBe('foreign');
    },
  );

  it('a record whose process is gone is cleaned away', async () => {
    const free = await freePort();
    writeServerRecord(record({ port: free, pid: NO_PID }));
    expect((await findServer(dataDir, '127.0.0.1', free)).kind).toBe('none');
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('a process that lives but does not answer may be any program', async () => {
    const free = await freePort();
    writeServerRecord(record({ port: free }));
    expect((await findServer(dataDir, '127.0.0.1', free)).kind).toBe('silent');
  });
});

describe('server record', () => {
  it('is private, and removed only by its own instance', () => {
    writeServerRecord(record());
    expect(statSync(join(dataDir, `server-${port}.json`)).mode & 0o077).toBe(0);
    removeServerRecord(dataDir, port, 'other');
    expect(readServerRecord(dataDir, port)).toEqual(record());
    removeServerRecord(dataDir, port, 'i');
    expect(readServerRecord(dataDir, port)).toBeNull();
  });

  it.each(['', '{', '[]', '{"pid":"1"}', '{"pid":-1}'])('junk counts as none: %s', (text) => {
    writeFileSync(join(dataDir, `server-${port}.json`), text);
    expect(readServerRecord(dataDir, port)).toBeNull();
  });

  it('knows the living', () => {
    expect([isAlive(process.pid), isAlive(NO_PID)]).toEqual([true, false]);
  });
});
