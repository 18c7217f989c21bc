// A full disk, as a file sees it: a write takes some bytes, the next one fails.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppendFile } from '../../../src/store/jsonl/append-file.ts';
import { dateFolders } from '../../../src/store/jsonl/file-name.ts';
import { cutTornLine } from '../../../src/store/jsonl/torn-line.ts';
import {
  joinLines,
  jsonlFiles,
  jsonlSink,
  readLines,
  requestItem,
  tempFolder,
} from '../../helpers/jsonl-items.ts';

const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    writeSync: (fd: number, bytes: Uint8Array, offset: number) => {
      const length = Math.min(bytes.length - offset, disk.room);
      if (length === 0) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      disk.room -= length;
      return fs.writeSync(fd, bytes, offset, length);
    },
  };
});

afterEach(() => {
  disk.room = Number.POSITIVE_INFINITY;
});

describe('AppendFile', () => {
  it('writes through no link, be it the file or its folder', () => {
    const [inside, outside] = [tempFolder(), tempFolder()];
    writeFileSync(join(outside, 'file.jsonl'), 'theirs\n');
    symlinkSync(outside, join(inside, 'folder'));
    symlinkSync(join(outside, 'file.jsonl'), join(inside, 'file.jsonl'));
    for (const path of ['folder/file.jsonl', 'file.jsonl']) {
      expect(() => new AppendFile(join(inside, path))).toThrow('is a link');
    }
    expect(readFileSync(join(outside, 'file.jsonl'), 'utf8')).toBe('theirs\n');
  });

  it('cuts no torn line off what a link leads to', () => {
    const [inside, outside] = [tempFolder(), tempFolder()];
    writeFileSync(join(outside, 'notes'), 'whole\nhalf');
    symlinkSync(join(outside, 'notes'), join(inside, 'file.jsonl'));
    expect(cutTornLine(join(inside, 'file.jsonl'))).toBe(false);
    expect(readFileSync(join(outside, 'notes'), 'utf8')).toBe('whole\nhalf');
    expect(cutTornLine(join(outside, 'notes'))).toBe(true);
  });

  it('takes no link for a day, so that nothing behind one is deleted, packed or rewritten', () => {
    const [inside, outside] = [tempFolder(), tempFolder()];
    symlinkSync(outside, join(inside, '2026-11-24'));
    mkdirSync(join(inside, '2026-11-23'));
    mkdirSync(join(inside, '2026-11-25'));
    expect(dateFolders(inside)).toEqual(['2026-11-25', '2026-11-23']);
  });

  it('appends all of a text or nothing', () => {
    const path = join(tempFolder(), 'a', 'file.jsonl');
    const file = new AppendFile(path);
    file.append('first\n');
    disk.room = 3;
    expect(() => file.append('second\n')).toThrow('ENOSPC');
    expect(readFileSync(path, 'utf8')).toBe('first\n');
    disk.room = 100;
    file.append('second\n');
    expect(readFileSync(path, 'utf8')).toBe('first\nsecond\n');
  });

  it('keeps the lines of two writers whole', () => {
    const path = join(tempFolder(), 'file.jsonl');
    const writers = [new AppendFile(path), new AppendFile(path)];
    for (let i = 0; i < 50; i += 1) {
      writers[i % 2]?.append(`${JSON.stringify({ i, fill: 'x'.repeat(10_000) })}\n`);
    }
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).i)).toEqual([...lines.keys()]);
  });
});

describe('a batch that a full disk interrupts', () => {
  it('is repeated without a torn, double or missing line, wherever it broke', () => {
    const turn = (text: string) => ({ role: 'user', content: text.repeat(10) });
    const items = ['a', 'b', 'c', 'd'].map((id, i) =>
      requestItem({
        id,
        session: i % 2 === 0 ? 's1' : 's2',
        body: { messages: ['a', 'b', 'c', 'd'].slice(0, i + 1).map(turn) },
      }),
    );
    for (let room = 0; room < 2200; room += 97) {
      const directory = tempFolder();
      const sink = jsonlSink(directory);
      disk.room = room;
      expect(() => sink.write(items), `room for ${room} bytes`).toThrow('ENOSPC');
      disk.room = Number.POSITIVE_INFINITY;
      sink.write(items);
      sink.close();
      const lines = readLines(directory);
      expect(lines.filter(({ type }) => type === 'session')).toHaveLength(2);
      expect(lines.filter(({ type }) => type === 'request')).toHaveLength(4);
      expect(joinLines(lines).get('d')?.messages).toHaveLength(4);
      expect(jsonlFiles(directory)).toHaveLength(2);
    }
  });
});
