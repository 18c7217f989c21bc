import { closeSync, mkdtempSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  boundLogFile,
  logFile,
  openLogFile,
  readLog,
} from '../../../src/cli/background/log-file.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('server.log', () => {
  it('is private and read in pieces, the last ones when there is too much', () => {
    const dir = join(mkdtempSync(join(tmpdir(), 'lunaroute-log-')), 'new');
    expect(readLog(dir, 0, 10)).toMatchObject({ end: 0 });
    const fd = openLogFile(dir);
    writeSync(fd, 'first\nsecond\n');
    expect(statSync(logFile(dir)).mode & 0o077).toBe(0);
    expect(text(readLog(dir, 0, 100).bytes)).toBe('first\nsecond\n');
    expect(text(readLog(dir, 0, 7).bytes)).toBe('second\n');
    const { bytes, end } = readLog(dir, 6, 100);
    expect([text(bytes), end]).toEqual(['second\n', 13]);
    closeSync(fd);
  });

  it('is cut when it has grown too long, while its writer goes on', () => {
    const dir = mkdtempSync(join(tmpdir(), 'lunaroute-log-'));
    writeFileSync(logFile(dir), 'x'.repeat(10 * 1024 * 1024));
    const fd = openLogFile(dir);
    boundLogFile(dir, fd);
    expect(statSync(logFile(dir)).size).toBe(10 * 1024 * 1024);
    writeSync(fd, 'y');
    boundLogFile(dir, fd);
    writeSync(fd, 'after\n');
    expect(readFileSync(logFile(dir), 'utf8')).toBe('after\n');
    expect(statSync(`${logFile(dir)}.1`).size).toBe(10 * 1024 * 1024 + 1);
    closeSync(fd);
  });

  it('any other output is left alone', () => {
    const dir = mkdtempSync(join(tmpdir(), 'lunaroute-log-'));
    const other = openLogFile(join(dir, 'elsewhere'));
    writeSync(other, 'x'.repeat(11 * 1024 * 1024));
    boundLogFile(dir, other);
    expect(statSync(logFile(join(dir, 'elsewhere'))).size).toBe(11 * 1024 * 1024);
    closeSync(other);
  });
});
