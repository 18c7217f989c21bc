// What the documents say about commands and keys, taken from the program itself: `npm run docs:reference`
// writes them, and a test fails when a document says something else.

import { type CommandShape, withDescendants } from '../../src/cli/command-shape.ts';
import { CONFIG_FLAGS } from '../../src/cli/flags.ts';
import { describeProgram } from '../../src/cli/program.ts';
import { EARLY_VARIABLES, VARIABLES } from '../../src/config/environment.ts';
import { requireConfig } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { type KeyInfo, listKeys } from '../../src/config/schema-keys.ts';
import { configInput } from './config-input.ts';
import { silentContext } from './silent-context.ts';

export function programShape(): CommandShape {
  return describeProgram(silentContext());
}

export interface KeyRow {
  readonly key: string;
  readonly info: KeyInfo;
  /** As YAML; '' where there is none. */
  readonly standard: string;
  readonly variables: readonly string[];
  readonly flag: string | null;
}

/** Every key that can be set, in the schema's order. */
export function keyRows(): KeyRow[] {
  const input = configInput({});
  const { config } = requireConfig(input);
  const dataDir = `${input.homeDir}/.lunaroute`;
  return listKeys(configSchema(dataDir))
    .filter(({ kind, path }) => kind !== 'section' && path.at(-1) !== '*')
    .map((info) => ({
      key: info.path.join('.'),
      info,
      standard: standardOf(config, info.path).replaceAll(input.homeDir, '~'),
      variables: VARIABLES.filter(({ path }) => matches(info.path, path)).map(
        ({ variable }) => variable,
      ),
      flag: CONFIG_FLAGS.find(({ key }) => matches(info.path, key.split('.')))?.spec ?? null,
    }));
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((name, index) => name === '*' || name === path[index])
  );
}

/** The default, as it stands in a configuration without a file; of all providers the first's. */
function standardOf(value: unknown, path: readonly string[]): string {
  const [name, ...rest] = path;
  if (name === undefined) return value === undefined ? '' : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return '';
  const entries = Object.entries(value);
  const child = name === '*' ? entries[0] : entries.find(([key]) => key === name);
  // What a provider is called, where it is and which kind it is, differs from one to the next.
  if (child === undefined || (name === '*' && ['type', 'base_url'].includes(rest[0] ?? '')))
    return '';
  return standardOf(child[1], rest);
}

export function otherVariables(): readonly string[] {
  return EARLY_VARIABLES;
}

/** `lunaroute sessions show <id>` */
export function usageOf({ path, args }: CommandShape): string {
  return ['lunaroute', ...path, ...args.map(({ term }) => term)].join(' ');
}

/** Commands that do something: those with commands below them only group. */
export function runnable(root: CommandShape): CommandShape[] {
  return withDescendants(root).filter(({ commands }) => commands.length === 0);
}

export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

export function code(text: string): string {
  return text === '' ? '' : `\`${cell(text)}\``;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |');
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
