// The generated documents: docs/COMMANDS.md, docs/CONFIGURATION.md and the two tables of the README.
import type { CommandShape } from '../../src/cli/command-shape.ts';
import {
  cell,
  code,
  type KeyRow,
  keyRows,
  otherVariables,
  programShape,
  runnable,
  table,
  usageOf,
} from './reference.ts';

const WRITTEN = 'Written by `npm run docs:reference` from the program itself.';

/** Details that a first look does not need. */
const DETAILS = /http_client|retention|\.pii\.|\.\*|^otel\.h|max_b|^ui\.h|metrics\.h|codex_auth/;

export function readmeWith(readme: string): string {
  const root = programShape();
  const commands = table(
    ['command', 'what it does'],
    runnable(root).map((shape) => [code(usageOf(shape)), cell(shape.description)]),
  );
  const keys = table(
    ['key', 'default', 'what it does'],
    keyRows()
      .filter(({ key }) => !DETAILS.test(key))
      .map(({ key, standard, info }) => [code(key), code(standard), cell(info.description)]),
  );
  return replaceBlock(replaceBlock(readme, 'commands', commands), 'configuration', keys);
}

/** What stands between `<!-- name -->` and `<!-- /name -->`. */
function replaceBlock(text: string, name: string, block: string): string {
  const start = `<!-- ${name} -->`;
  const end = `<!-- /${name} -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md has no block ${start} … ${end}`);
  return `${text.slice(0, from + start.length)}\n${block}\n${text.slice(to)}`;
}

export function commandsDoc(): string {
  const root = programShape();
  const parts = runnable(root).map(commandPart);
  return `# Commands

${WRITTEN} The same is in \`man lunaroute\` and in \`lunaroute <command> --help\`.

Exit codes: 0 done, 1 failed, 2 wrong usage; \`doctor\` 1 for errors, 0 for warnings alone; \`run\` returns
the client's own. \`--json\` stands on every command that prints data.

These may follow every command:

${optionTable(root)}

${parts.join('\n\n')}
`;
}

function commandPart(shape: CommandShape): string {
  const examples = shape.examples.map(([line, meaning]) => `# ${meaning}\n${line}`);
  return [
    `## ${['lunaroute', ...shape.path].join(' ')}`,
    `\`${usageOf(shape)}\`: ${shape.description}${shape.isDefault ? '. Runs when no command is named.' : '.'}`,
    ...shape.args.map(({ term, description }) => `- \`${term}\`: ${description}`),
    optionTable(shape),
    ...(examples.length > 0 ? [`\`\`\`text\n${examples.join('\n')}\n\`\`\``] : []),
  ].join('\n\n');
}

function optionTable({ options }: CommandShape): string {
  return table(
    ['option', 'what it does'],
    options
      .filter(({ names }) => !names.includes('--help'))
      .map(({ flags, description, choices }) => [
        code(flags),
        cell(description) + (choices.length > 0 ? `: ${choices.map(code).join(', ')}` : ''),
      ]),
  );
}

export function configurationDoc(): string {
  const rows = keyRows();
  const groups = Map.groupBy(rows, ({ info }) => info.path[0] ?? '');
  const sections = [...groups].filter(([, group]) => group.length > 1);
  const general = [...groups.values()].filter((group) => group.length === 1).flat();
  const parts = sections.map(([name, group]) => `## ${name}\n\n${keyTable(group)}`);
  return `# Configuration

${WRITTEN}

LunaRoute needs none. What there is comes from a YAML file (\`--config\`, \`LUNAROUTE_CONFIG\`, else
\`~/.lunaroute/config.yaml\`), then from environment variables, then from flags; the later one wins.
\`lunaroute config show\` prints every key with its value and where it comes from, \`lunaroute config check\`
all problems at once. An unknown key is an error that names the nearest right one. In the file, \`~\` and
\`\${NAME}\` or \`\${NAME:-default}\` expand. ${otherVariables().map(code).join(' (the data folder) and ')}
(the file) are read before it.

[examples/](../examples) has files to start from; \`full.yaml\` shows every default. \`*\` stands for a
provider's name, or for each entry of a list.

## General

${keyTable(general)}

${parts.join('\n\n')}
`;
}

function keyTable(rows: readonly KeyRow[]): string {
  return table(
    ['key', 'type', 'default', 'what it does', 'variable, flag'],
    rows.map(({ key, info, standard, variables, flag }) => [
      code(key),
      info.kind,
      code(standard),
      cell(info.description),
      [...variables, ...(flag === null ? [] : [flag])].map(code).join(', '),
    ]),
  );
}
