// man/lunaroute.1, in man(7): every command with its options and examples, variables, files, exit codes.
import type { CommandShape, OptionShape } from '../../src/cli/command-shape.ts';
import { keyRows, otherVariables, programShape, runnable, usageOf } from './reference.ts';

export function manPage(): string {
  const root = programShape();
  return `.\\" Written by npm run docs:reference from the program itself.
.TH LUNAROUTE 1 2026-11-25 LunaRoute
.SH NAME
lunaroute \\- ${text(root.description.replace(/^A/, 'a'))}
.SH SYNOPSIS
.B lunaroute
.RI [ command ]
.RI [ options ]
.SH DESCRIPTION
LunaRoute stands between AI coding assistants and their providers. It forwards every byte untouched,
shows what goes through it, and keeps it in SQLite and JSONL on this machine.
Without a command it opens its screen: that of the proxy it starts, or of the one that runs already.
.SH OPTIONS
These may follow every command.
${options(root)}
.SH COMMANDS
${runnable(root).map(command).join('\n')}
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Failed; with
.B doctor
an error was found; with
.B status
no server runs.
.TP
.B 2
Wrong usage.
.PP
.B lunaroute run
returns the exit status of the client.
.SH ENVIRONMENT
${variables()}
.SH FILES
.TP
.I ~/.lunaroute/config.yaml
Settings, where there are any.
.TP
.I ~/.lunaroute/sessions.db
The recorded history, in SQLite.
.TP
.I ~/.lunaroute/sessions/
The same as JSONL, a folder for each day.
.TP
.I ~/.lunaroute/server.log
What the background server says.
`;
}

function command(shape: CommandShape): string {
  const examples = shape.examples.map(
    ([line, meaning]) => `.RS\n.B ${text(line)}\n.RE\n${text(meaning)}`,
  );
  return [
    `.SS ${text(usageOf(shape))}`,
    `${text(shape.description)}.`,
    ...shape.args.map(({ term, description }) => `.TP\n.I ${text(term)}\n${text(description)}`),
    options(shape),
    ...(examples.length > 0
      ? ['.PP', 'Examples:', ...examples.map((example) => `.PP\n${example}`)]
      : []),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function options({ options: all }: CommandShape): string {
  return all
    .filter(({ names }) => !names.includes('--help'))
    .map(option)
    .join('\n');
}

function option({ flags, description, choices }: OptionShape): string {
  const values = choices.length > 0 ? ` (${choices.join(', ')})` : '';
  return `.TP\n.B ${text(flags)}\n${text(description + values)}`;
}

function variables(): string {
  const own = otherVariables().map((name) => [
    name,
    name === 'LUNAROUTE_HOME' ? 'the data folder' : 'the configuration file',
  ]);
  const keys = keyRows().flatMap(({ key, variables: names }) =>
    names.map((name) => [name, `sets ${key}`]),
  );
  return [...own, ...keys]
    .map(([name = '', meaning = '']) => `.TP\n.B ${text(name)}\n${text(meaning)}`)
    .join('\n');
}

/** Nothing in it is taken for a request or an escape. */
function text(plain: string): string {
  return plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
    .replaceAll('"', '\\(dq');
}
