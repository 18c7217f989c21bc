/** Room on the disk, and what takes it: the log, and the records where nothing else can give way. */
import { existsSync, lstatSync, readdirSync, statfsSync, statSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatBytes } from '../../../core/format.ts';
import { keepOldLog, logFile, MAX_LOG_BYTES } from '../../background/log-file.ts';
import { error, type Finding, warning } from '../finding.ts';
import type { Check, Subject } from '../subject.ts';

/** Low: less than this and less than a twentieth of the disk. */
const LOW_BYTES = 1e9;
const LOW_SHARE = 0.05;
/** Recording will stop very soon. */
const URGENT_BYTES = 50e6;

export const spaceCheck: Check = {
  name: 'space',
  look: (subject) => {
    const folder = existingFolder(subject.loaded.dataDir);
    const { bavail, bsize, blocks } = statfsSync(folder);
    const free = bavail * bsize;
    const isLow = free < LOW_BYTES && free < blocks * bsize * LOW_SHARE;
    return {
      summary: `${formatBytes(free)} free`,
      findings: [...(isLow ? [lowSpace(free, folder, subject)] : []), ...longLog(subject)],
    };
  },
};

/** The data folder may not be there yet. */
function existingFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existingFolder(dirname(path));
}

function lowSpace(free: number, where: string, subject: Subject): Finding {
  const report = free < URGENT_BYTES ? error : warning;
  const half = Math.max(1, Math.round(largestStore(subject) / 2e6));
  return report({
    id: 'space',
    what: `only ${formatBytes(free)} are free on the disk of your records`,
    where,
    mend: subject.advice.command(`sessions prune --larger-than ${half}mb`, 'records'),
  });
}

/** Bytes of the store that takes more room: halving it gives back most. */
function largestStore({ loaded }: Subject): number {
  const { sqlite, jsonl } = loaded.config.session_recording;
  const database = statSync(sqlite.path, { throwIfNoEntry: false })?.size ?? 0;
  return Math.max(database, bytesBelow(jsonl.directory));
}

function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => lstatSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}

function longLog({ loaded, advice }: Subject): Finding[] {
  const file = logFile(loaded.dataDir);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  // The server cuts it itself, once a minute.
  if (size <= 2 * MAX_LOG_BYTES) return [];
  const quoted = advice.quote(file);
  return [
    warning({
      id: 'log-size',
      what: `the log has grown to ${formatBytes(size)}`,
      where: file,
      mend: `cp ${quoted} ${advice.quote(`${file}.1`)} && : > ${quoted}`,
      fix: {
        isSafe: true,
        run: () => {
          keepOldLog(file);
          truncateSync(file);
        },
      },
    }),
  ];
}
