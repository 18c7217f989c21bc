/** Who is on our port, and whether the records of servers in the data folder are true. */
import { createServer } from 'node:net';
import { formatDuration } from '../../../core/format.ts';
import { clientHost } from '../../address.ts';
import { isAlive } from '../../background/find-server.ts';
import { removeRecordFile } from '../../background/server-record.ts';
import { error, type Finding, type Report, warning } from '../finding.ts';
import type { Check, Subject } from '../subject.ts';

export const serverCheck: Check = {
  name: 'server',
  look: async (subject) => {
    const { summary, findings } = await portReport(subject);
    return { summary, findings: [...findings, ...staleRecords(subject)] };
  },
};

async function portReport(subject: Subject): Promise<Report> {
  const { found, url, invocation, loaded } = subject;
  const { port } = loaded.config;
  switch (found.kind) {
    case 'ours': {
      const up = formatDuration(Math.max(0, invocation.context.now() - found.record.startedAt));
      return { summary: `runs on ${url}, pid ${found.record.pid}, up ${up}`, findings: [] };
    }
    case 'other': {
      const { pid } = found.listener;
      const what = `port ${port} belongs to a LunaRoute of another data folder (pid ${pid}): what goes through it is not recorded here`;
      return {
        summary: `another one runs on ${url}`,
        findings: [warning({ id: 'port-other', what, mend: await otherPort(subject) })],
      };
    }
    case 'foreign': {
      const what = `port ${port} is taken by another program`;
      return {
        summary: 'cannot run on its port',
        findings: [error({ id: 'port-taken', what, where: url, mend: await otherPort(subject) })],
      };
    }
    case 'silent': {
      const { pid } = found.record;
      const what = `the recorded server (pid ${pid}) exists but does not answer`;
      return {
        summary: 'does not answer',
        findings: [error({ id: 'server-silent', what, where: url, mend: endLine(subject, pid) })],
      };
    }
    case 'none':
      return { summary: `does not run (${url})`, findings: [] };
  }
}

/** By variable: it holds for every command of this shell, and nothing that was written changes. */
async function otherPort({ advice, loaded }: Subject): Promise<string> {
  const port = await freePort(loaded.config.host);
  return `${advice.variables({ LUNAROUTE_PORT: String(port) })} ${advice.use()}`;
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, clientHost(host), () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The pid may belong to another program by now: a person looks first, and says which it is. */
function endLine({ advice, records }: Subject, pid: number): string {
  const stored = records.find(({ record }) => record?.pid === pid);
  const forget = stored === undefined ? '' : `; rm -f ${advice.quote(stored.file)}`;
  return `ps -fp ${pid} | grep lunaroute && kill -9 ${pid}${forget}`;
}

function staleRecords({ records, advice }: Subject): Finding[] {
  return records
    .filter(({ record }) => record === null || !isAlive(record.pid))
    .map(({ file, record }) =>
      warning({
        id: 'stale-record',
        what:
          record === null
            ? 'this is no record of a server'
            : `the server that this file speaks of (pid ${record.pid}) is no more`,
        where: file,
        mend: `rm -f ${advice.quote(file)}`,
        fix: { isSafe: true, run: () => removeRecordFile(file) },
      }),
    );
}
