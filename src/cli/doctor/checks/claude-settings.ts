/**
 * Claude Code's settings files: their `env` block wins over the shell's variables, so a base URL in
 * one of them takes Claude Code past LunaRoute whatever the shell says. Reads four files, in Claude
 * Code's order; the managed one belongs to an administrator.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shownUrl } from '../../address.ts';
import type { Context } from '../../context.ts';
import { replaceFile } from '../../setup/replace-file.ts';
import { error, type Finding, type Fix, warning } from '../finding.ts';
import { leadsToUs } from '../leads-to.ts';
import { type Check, isServed, type Subject } from '../subject.ts';

/** Variables that send Claude Code to another cloud's API instead of to its base URL. */
export const OTHER_CLOUDS = [
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY',
];

interface SettingsFile {
  readonly path: string;
  readonly isManaged: boolean;
}

export const claudeCheck: Check = {
  name: 'Claude Code',
  look: (subject) => {
    const files = settingsFiles(subject.invocation.context).filter(({ path }) => existsSync(path));
    const read = files.map(({ path }) => path).join(', ');
    return {
      summary: files.length === 0 ? 'no settings file' : read,
      findings: files.flatMap((file) => findingsOf(file, subject)),
    };
  },
};

function settingsFiles({ env, homeDir, cwd, platform }: Context): SettingsFile[] {
  const own = env['CLAUDE_CONFIG_DIR'] || join(homeDir, '.claude');
  const user = join(own, 'settings.json');
  const project = join(cwd, '.claude', 'settings.json');
  const local = join(cwd, '.claude', 'settings.local.json');
  const paths = [...new Set([user, project, local])];
  return [
    { path: managedFile(platform), isManaged: true },
    ...paths.map((path) => ({ path, isManaged: false })),
  ];
}

/** Where an organisation's settings are, by Claude Code's documentation. */
function managedFile(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return '/Library/Application Support/ClaudeCode/managed-settings.json';
  return platform === 'win32'
    ? 'C:\\Program Files\\ClaudeCode\\managed-settings.json'
    : '/etc/claude-code/managed-settings.json';
}

function findingsOf(file: SettingsFile, subject: Subject): Finding[] {
  const settings = readSettings(file.path);
  if (settings === null) {
    const what = 'this is no JSON object, so what it sets is not known';
    const mend = `\${EDITOR:-vi} ${subject.advice.quote(file.path)}`;
    return [warning({ id: 'claude-settings', what, where: file.path, mend })];
  }
  const variables = objectOf(settings['env']);
  const clouds = OTHER_CLOUDS.filter((name) => variables[name]);
  return [
    ...baseUrl(file, subject, variables['ANTHROPIC_BASE_URL']),
    ...clouds.map((name) => inTheWay(file, subject, name)),
  ];
}

function baseUrl(file: SettingsFile, subject: Subject, value: unknown): Finding[] {
  if (typeof value !== 'string' || value === '') return [];
  if (!leadsToUs(value, subject.loaded.config)) {
    return [inTheWay(file, subject, 'ANTHROPIC_BASE_URL', shownUrl(value))];
  }
  if (isServed(subject)) return [];
  const what = 'the base URL in these settings leads to LunaRoute, but none answers there';
  const mend = subject.advice.use();
  return [error({ id: 'claude-base-url-dead', what, where: file.path, mend })];
}

function inTheWay(file: SettingsFile, subject: Subject, name: string, value?: string): Finding {
  const { advice, invocation } = subject;
  const isUrl = name === 'ANTHROPIC_BASE_URL';
  const id = isUrl ? 'claude-base-url' : 'claude-other-cloud';
  const fix: Fix = { isSafe: false, run: () => takeOut(file.path, name, invocation.context.now()) };
  return warning({
    id,
    what: `its env block sets ${name}${value === undefined ? '' : ` to ${value}`}, which wins over the shell: Claude Code goes past LunaRoute`,
    where: file.path,
    mend: file.isManaged ? `sudoedit ${advice.quote(file.path)}` : advice.fix(id),
    fix: file.isManaged ? null : fix,
  });
}

/** The file as it was stays beside it. */
function takeOut(path: string, name: string, at: number): void {
  const settings = readSettings(path);
  if (settings === null) return;
  const { [name]: _, ...env } = objectOf(settings['env']);
  replaceFile(path, `${JSON.stringify({ ...settings, env }, null, 2)}\n`, at);
}

function readSettings(path: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
