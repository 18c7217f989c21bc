// What is written whole: content on the disk before its name, nothing half, nothing through a link.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openForWriting, refuseLink } from '../../src/files/links.ts';
import { createWhole, replaceWhole, syncFile } from '../../src/files/whole-file.ts';
import { tempFolder } from '../helpers/store-items.ts';

/** What was asked of the system, in order. */
const calls = vi.hoisted(() => ({ names: [] as string[], failing: '' }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const watched = (name: 'fsyncSync' | 'renameSync' | 'linkSync') => {
    const real = fs[name] as (...args: unknown[]) => void;
    return (...args: unknown[]) => {
      calls.names.push(name);
      if (calls.failing === name) throw Object.assign(new Error('EIO'), { code: 'EIO' });
      real(...args);
    };
  };
  return {
    ...fs,
    fsyncSync: watched('fsyncSync'),
    renameSync: watched('renameSync'),
    linkSync: watched('linkSync'),
  };
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = tempFolder();
  file = join(folder, 'file');
  calls.names = [];
  calls.failing = '';
});

describe('replaceWhole', () => {
  it('brings content to the disk, then names it, then brings the name there', () => {
    replaceWhole(file, 'new', 0o640);
    expect(calls.names).toEqual(['fsyncSync', 'renameSync', 'fsyncSync']);
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it.each(['fsyncSync', 'renameSync'])(
    'leaves the old file and nothing else when %s fails',
    (name) => {
      writeFileSync(file, 'old');
      calls.failing = name;
      expect(() => replaceWhole(file, 'new')).toThrow('EIO');
      expect(readFileSync(file, 'utf8')).toBe('old');
      expect(readdirSync(folder)).toEqual(['file']);
    },
  );

  it('writes through no link: not of the file, not of what is beside', () => {
    const outside = join(tempFolder(), 'theirs');
    writeFileSync(outside, 'theirs');
    symlinkSync(outside, file);
    symlinkSync(outside, `${file}.${process.pid}.new`);
    replaceWhole(file, 'new');
    expect([readFileSync(outside, 'utf8'), readFileSync(file, 'utf8')]).toEqual(['theirs', 'new']);
  });
});

describe('createWhole', () => {
  it('makes the file once, on the disk before it has its name', () => {
    createWhole(file, 'first');
    expect(calls.names).toEqual(['fsyncSync', 'linkSync', 'fsyncSync']);
    expect(() => createWhole(file, 'second')).toThrow('EEXIST');
    expect(readFileSync(file, 'utf8')).toBe('first');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('links', () => {
  it('openForWriting appends or begins anew, and opens no link', () => {
    writeFileSync(openForWriting(file, 'append'), 'a');
    writeFileSync(openForWriting(file, 'append'), 'b');
    expect(readFileSync(file, 'utf8')).toBe('ab');
    writeFileSync(openForWriting(file, 'truncate'), 'c');
    expect(readFileSync(file, 'utf8')).toBe('c');
    const link = join(folder, 'link');
    symlinkSync(join(folder, 'nowhere'), link);
    expect(() => openForWriting(link, 'append')).toThrow('is a link');
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  it('refuseLink sees a link behind a closing slash, and lets the rest be', () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    expect(() => refuseLink(`${join(folder, 'link')}/`)).toThrow('is a link');
    expect(() => refuseLink(`${join(folder, 'real')}/`)).not.toThrow();
    expect(() => refuseLink(join(folder, 'missing'))).not.toThrow();
  });

  it('syncFile asks for the content of a file', () => {
    writeFileSync(file, 'x');
    syncFile(file);
    expect(calls.names).toEqual(['fsyncSync']);
  });
});
