/**
 * `lunaroute doctor`: everything that can be wrong around a LunaRoute, each with the command that mends
 * it. Changes nothing without `--fix`, which does what is safe, or what is named.
 */
import { loadConfig } from '../../config/load.ts';
import { UserError } from '../../core/errors.ts';
import { formatPlural } from '../../core/format.ts';
import { safeLine } from '../../core/text.ts';
import type { Context, Invocation } from '../context.ts';
import type { Finding } from '../doctor/finding.ts';
import { type NamedReport, runChecks } from '../doctor/run-checks.ts';
import { loadInput } from '../load-config.ts';
import { VERSION } from '../version.ts';

/** Exit code 1 when there are errors; warnings alone are 0. */
export async function runDoctor(invocation: Invocation): Promise<number> {
  const { context, isJson } = invocation;
  const input = loadInput(invocation);
  const first = await runChecks(invocation, loadConfig(input));
  const mended = await mendSome(first, invocation.option('fix'));
  const reports = mended.length === 0 ? first : await runChecks(invocation, loadConfig(input));
  const findings = reports.flatMap((report) => report.findings);
  const isWell = findings.every(({ severity }) => severity !== 'error');
  if (isJson) printJson(context, { isWell, mended, reports });
  else printReports(context, reports, mended);
  return isWell ? 0 : 1;
}

/** Ids of what was mended. */
async function mendSome(reports: readonly NamedReport[], option: unknown): Promise<string[]> {
  if (option === undefined) return [];
  const named = Array.isArray(option) ? option.map(String) : null;
  const found = reports.flatMap(({ findings }) => findings);
  for (const name of named ?? []) requireFixable(name, found);
  const mended: string[] = [];
  for (const { id, fix } of found) {
    if (fix === null || !(named === null ? fix.isSafe : named.includes(id))) continue;
    await fix.run();
    mended.push(id);
  }
  return mended;
}

function requireFixable(name: string, found: readonly Finding[]): void {
  const finding = found.find(({ id }) => id === name);
  if (finding === undefined) {
    throw new UserError(`doctor finds no ${safeLine(name)}: there is nothing to mend`, {
      hint: 'see what it finds: lunaroute doctor',
    });
  }
  if (finding.fix !== null) return;
  throw new UserError(`doctor cannot mend ${safeLine(name)} itself`, {
    hint: finding.mend === null ? finding.what : `run: ${finding.mend}`,
  });
}

interface Result {
  readonly isWell: boolean;
  readonly mended: readonly string[];
  readonly reports: readonly NamedReport[];
}

function printJson({ print }: Context, { isWell, mended, reports }: Result): void {
  print.json({
    version: VERSION,
    well: isWell,
    mended,
    checks: reports.map(({ name, summary, findings }) => ({
      name,
      summary,
      findings: findings.map(({ fix, ...facts }) => ({ ...facts, fixable: fix !== null })),
    })),
  });
}

const LABEL_WIDTH = 15;

function printReports(
  { print }: Context,
  reports: readonly NamedReport[],
  mended: readonly string[],
): void {
  const { line, style } = print;
  for (const id of mended) line(`${style.good('mended')} ${id}`);
  for (const report of reports) {
    line(`${markOf(report, print)} ${report.name.padEnd(LABEL_WIDTH)}${safeLine(report.summary)}`);
    for (const finding of report.findings) printFinding(finding, print);
  }
  line();
  line(verdict(reports.flatMap(({ findings }) => findings)));
}

function markOf({ findings }: NamedReport, { style }: Context['print']): string {
  if (findings.length === 0) return style.good('✓');
  return findings.some(({ severity }) => severity === 'error') ? style.bad('✗') : style.warn('!');
}

function printFinding(finding: Finding, { line, style }: Context['print']): void {
  const indent = ' '.repeat(LABEL_WIDTH + 2);
  const { severity, what, where, mend } = finding;
  const paint = severity === 'error' ? style.bad : style.warn;
  line(`${indent}${paint(severity)}: ${safeLine(what)}`);
  if (where !== null) line(`${indent}${style.dim(safeLine(where))}`);
  if (mend !== null) line(`${indent}$ ${style.bold(safeLine(mend))}`);
}

function verdict(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'All is well.';
  const count = (severity: Finding['severity'], word: string): string[] => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [formatPlural(number, word)];
  };
  const safe = findings.filter(({ fix }) => fix?.isSafe).length;
  const hint = safe === 0 ? '' : `; \`lunaroute doctor --fix\` mends ${safe} of them`;
  return `${[...count('error', 'error'), ...count('warning', 'warning')].join(', ')}${hint}`;
}
