/** All checks in the order of their lines. A check that fails is a finding itself: the others go on. */
import type { LoadResult } from '../../config/load.ts';
import type { Invocation } from '../context.ts';
import { adviceFor } from './advice.ts';
import { claudeCheck } from './checks/claude-settings.ts';
import { codexCheck } from './checks/codex.ts';
import { configurationReport } from './checks/configuration.ts';
import { databaseCheck } from './checks/database.ts';
import { filesCheck } from './checks/files.ts';
import { networkProxyCheck } from './checks/network-proxy.ts';
import { programCheck } from './checks/program.ts';
import { recordsCheck } from './checks/records.ts';
import { serverCheck } from './checks/server.ts';
import { shellCheck } from './checks/shell.ts';
import { spaceCheck } from './checks/space.ts';
import { error, type Report } from './finding.ts';
import { type Check, lookAround, type Subject } from './subject.ts';

const CHECKS: readonly Check[] = [
  programCheck,
  serverCheck,
  shellCheck,
  claudeCheck,
  codexCheck,
  networkProxyCheck,
  databaseCheck,
  recordsCheck,
  filesCheck,
  spaceCheck,
];

export interface NamedReport extends Report {
  readonly name: string;
}

/** With a configuration that is not valid only that is reported: nobody knows where to look. */
export async function runChecks(
  invocation: Invocation,
  result: LoadResult,
): Promise<NamedReport[]> {
  const advice = adviceFor(invocation);
  const configuration = { name: 'configuration', ...configurationReport(result, advice) };
  if (result.loaded === null) return [configuration];
  const subject = await lookAround(invocation, result.loaded);
  const reports = [configuration];
  for (const check of CHECKS)
    reports.push({ name: check.name, ...(await reportOf(check, subject)) });
  return reports;
}

async function reportOf(check: Check, subject: Subject): Promise<Report> {
  try {
    return await check.look(subject);
  } catch (problem) {
    const what = `could not be looked at: ${problem instanceof Error ? problem.message : String(problem)}`;
    return { summary: 'unknown', findings: [error({ id: 'check-failed', what })] };
  }
}
