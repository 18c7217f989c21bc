/** The SQLite file: sound, of this program's schema, and complete in its search index. */

import { UserError } from '../../../core/errors.ts';
import { formatBytes, formatPlural } from '../../../core/format.ts';
import { setAside } from '../../../store/database.ts';
import {
  type DatabaseContents,
  type DatabaseState,
  databaseState,
} from '../../../store/inspect/database-state.ts';
import { error, type Finding, type Report, warning } from '../finding.ts';
import { type Check, isServed, type Subject } from '../subject.ts';

/** A clock may be off by this much before a record counts as one of the future. */
const TOLERANCE_MS = 5 * 60_000;

export const databaseCheck: Check = {
  name: 'SQLite',
  look: (subject) => {
    const { enabled, sqlite } = subject.loaded.config.session_recording;
    const latest = subject.invocation.context.now() + TOLERANCE_MS;
    const state = databaseState(sqlite.path, latest);
    if (state !== null) return reportOf(state, sqlite.path, subject);
    const isOff = !(enabled && sqlite.enabled);
    return { summary: isOff ? 'recording is off' : 'nothing recorded yet', findings: [] };
  },
};

function reportOf(state: DatabaseState, path: string, subject: Subject): Report {
  if (state.damage !== null) {
    return { summary: 'damaged', findings: [damaged(state.damage, path, subject)] };
  }
  if (state.contents !== null) {
    const { sessions, exchanges } = state.contents;
    const size = formatBytes(state.bytes);
    return {
      summary: `sound, ${formatPlural(sessions, 'session')}, ${formatPlural(exchanges, 'exchange')}, ${size}`,
      findings: contentFindings(state.contents, path, subject),
    };
  }
  const finding = otherSchema(state, path, subject);
  return { summary: `schema ${state.schemaVersion}`, findings: finding === null ? [] : [finding] };
}

function damaged(damage: string, path: string, subject: Subject): Finding {
  const { advice, invocation } = subject;
  const id = 'database-damaged';
  return error({
    id,
    what: `the database is damaged (${damage}); mending sets it aside, and recording begins a new one`,
    where: path,
    mend: `${advice.command('stop', 'address')}; ${advice.fix(id)}; ${advice.use()}`,
    fix: {
      isSafe: false,
      run: () => {
        if (isServed(subject)) {
          throw new UserError('a server uses the damaged database', {
            hint: `stop it first: ${advice.command('stop', 'address')}`,
          });
        }
        setAside(path, invocation.context.now());
      },
    },
  });
}

function otherSchema(state: DatabaseState, where: string, { advice }: Subject): Finding | null {
  const { schemaVersion, knownVersion } = state;
  if (schemaVersion > knownVersion) {
    const what = `it was written by a newer LunaRoute (schema ${schemaVersion}, this one knows ${knownVersion})`;
    const mend = 'npm install -g lunaroute@latest';
    return error({ id: 'schema-newer', what, where, mend });
  }
  if (schemaVersion === 0) return null;
  const what = `it has the schema of an older LunaRoute (${schemaVersion}, now ${knownVersion})`;
  // Whatever reads it brings it up to date.
  const mend = advice.command('sessions list --limit 1', 'database');
  return warning({ id: 'schema-older', what, where, mend });
}

function contentFindings(contents: DatabaseContents, where: string, subject: Subject): Finding[] {
  const { indexDamage, unindexed, later, newestAt } = contents;
  const findings: Finding[] = [];
  const mend = subject.advice.command('reindex', 'database');
  if (indexDamage !== null) {
    const what = `the search index is damaged: ${indexDamage}`;
    findings.push(error({ id: 'search-damaged', what, where, mend }));
  } else if (unindexed > 0) {
    const what = `search does not find ${formatPlural(unindexed, 'session')}`;
    findings.push(warning({ id: 'search-incomplete', what, where, mend }));
  }
  if (later > 0) {
    const newest = new Date(newestAt ?? 0).toISOString();
    const what = `${formatPlural(later, 'exchange')} of the future (newest ${newest}): the clock is wrong now, or was wrong then`;
    findings.push(warning({ id: 'future-records', what, where, mend: clockLine(subject) }));
  }
  return findings;
}

function clockLine({ invocation }: Subject): string {
  const { platform } = invocation.context;
  if (platform === 'darwin') return 'sudo sntp -sS time.apple.com';
  return platform === 'win32' ? 'w32tm /resync' : 'sudo timedatectl set-ntp true';
}
