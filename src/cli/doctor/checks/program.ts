/** This program, and whether the server that runs is the same version. */
import { sqliteVersion } from '../../../store/database.ts';
import { VERSION } from '../../version.ts';
import { type Finding, warning } from '../finding.ts';
import type { Check, Subject } from '../subject.ts';

export const programCheck: Check = {
  name: 'program',
  look: (subject) => ({
    summary: `LunaRoute ${VERSION}, Node ${process.versions.node}, SQLite ${sqliteVersion()}`,
    findings: otherVersion(subject),
  }),
};

function otherVersion({ found, advice }: Subject): Finding[] {
  if (found.kind !== 'ours' || found.record.version === VERSION) return [];
  const { version, pid } = found.record;
  return [
    warning({
      id: 'server-version',
      what: `the server that runs (pid ${pid}) is still LunaRoute ${version}`,
      mend: advice.restart(),
    }),
  ];
}
