/** Who can read the records: only their owner should. Never follows a link. */
import { chmodSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { formatCount, formatPlural } from '../../../core/format.ts';
import { error, type Finding, warning } from '../finding.ts';
import type { Check, Subject } from '../subject.ts';

const OTHERS = 0o077;
const OWNER_WRITES = 0o200;

interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly isLink: boolean;
}

export const filesCheck: Check = {
  name: 'files',
  look: (subject) => {
    // Windows has no such bits.
    if (subject.invocation.context.platform === 'win32') {
      return { summary: 'permissions are not looked at on Windows', findings: [] };
    }
    const roots = rootsOf(subject);
    const entries = roots.flatMap((root) => entriesBelow(root));
    const findings = [
      ...looseModes(entries, subject),
      ...foreignOwners(entries, subject),
      ...linksOut(entries, roots, subject),
    ];
    const count = formatCount(entries.length);
    return {
      summary:
        findings.length === 0
          ? `${count} files and folders, all private`
          : formatPlural(entries.length, 'file'),
      findings,
    };
  },
};

/** The data folder, and where the records are when that is elsewhere. */
function rootsOf({ loaded }: Subject): string[] {
  const { sqlite, jsonl } = loaded.config.session_recording;
  const database = ['', '-wal', '-shm'].map((suffix) => sqlite.path + suffix);
  const isInside = (path: string): boolean => path.startsWith(loaded.dataDir + sep);
  const outside = [...database, jsonl.directory].filter((path) => !isInside(path));
  return [loaded.dataDir, ...outside].filter((path) => entryOf(path) !== null).map(realRoot);
}

/** A person may keep the folder itself on another disk. */
function realRoot(path: string): string {
  return realpathSync(path);
}

function entriesBelow(path: string): Entry[] {
  const entry = entryOf(path);
  if (entry === null) return [];
  const names = entry.isLink ? [] : namesIn(path);
  return [entry, ...names.flatMap((name) => entriesBelow(join(path, name)))];
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** null when it has gone meanwhile. */
function entryOf(path: string): Entry | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  return { path, mode: stats.mode, uid: stats.uid, isLink: stats.isSymbolicLink() };
}

function looseModes(entries: readonly Entry[], { advice, loaded }: Subject): Finding[] {
  const own = entries.filter(({ isLink }) => !isLink);
  const open = own.filter(({ mode }) => (mode & OTHERS) !== 0);
  const locked = own.filter(({ mode }) => (mode & OWNER_WRITES) === 0);
  const wrong = [...new Set([...open, ...locked])];
  const [first] = wrong;
  if (first === undefined) return [];
  const targets = [...new Set(wrong.map(({ path }) => folderOf(path, loaded.dataDir)))];
  const says = [
    ...(open.length > 0 ? [`${formatCount(open.length)} can be read by others`] : []),
    ...(locked.length > 0 ? [`${formatCount(locked.length)} cannot be written`] : []),
  ];
  return [
    warning({
      id: 'permissions',
      what: `of the files and folders with your records ${says.join(', ')}`,
      where: wrong.length === 1 ? first.path : `${first.path} …`,
      mend: `chmod -R u+rwX,go= ${targets.map(advice.quote).join(' ')}`,
      fix: {
        isSafe: true,
        run: () => {
          for (const { path, mode } of wrong) chmodSync(path, (mode & 0o7700) | OWNER_WRITES);
        },
      },
    }),
  ];
}

/** One command for all of the data folder; elsewhere exactly what is wrong. */
function folderOf(path: string, dataDir: string): string {
  const root = realRoot(dataDir);
  return path === root || path.startsWith(root + sep) ? dataDir : path;
}

function foreignOwners(entries: readonly Entry[], { advice, loaded }: Subject): Finding[] {
  const me = process.getuid?.() ?? 0;
  const foreign = me === 0 ? [] : entries.filter(({ uid }) => uid !== me);
  const [first] = foreign;
  if (first === undefined) return [];
  return [
    error({
      id: 'foreign-owner',
      what: `of another user: ${formatPlural(foreign.length, 'file')} (was LunaRoute run with sudo?)`,
      where: first.path,
      mend: `sudo chown -R "$(id -un)" ${advice.quote(loaded.dataDir)}`,
    }),
  ];
}

/** Whoever can make such a link would have records written, or read, where it leads. */
function linksOut(
  entries: readonly Entry[],
  roots: readonly string[],
  { advice }: Subject,
): Finding[] {
  const links = entries.filter(({ path, isLink }) => isLink && !leadsInside(path, roots));
  return links.map(({ path }) =>
    error({
      id: 'link-out',
      what: `this link leads out of the data folder (to ${readlinkSync(path)}): records could be written, or read, there`,
      where: path,
      mend: `rm ${advice.quote(path)}`,
    }),
  );
}

function leadsInside(link: string, roots: readonly string[]): boolean {
  const target = targetOf(link);
  return roots.some((root) => target === root || target.startsWith(root + sep));
}

function targetOf(link: string): string {
  try {
    return realpathSync(link);
  } catch {
    return resolve(dirname(link), readlinkSync(link));
  }
}
