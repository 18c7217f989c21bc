/** How commands are put on the command line: one way for all of them, loaded only when they run. */
import { type Command, Option } from 'commander';
import { parseSince } from './arguments.ts';
import { ProgramCommand } from './command-shape.ts';
import type { CommandRun, Context } from './context.ts';
import { addConfigFlags, type FlagGroup } from './flags.ts';

/** What registering commands needs. */
export interface Registry {
  readonly context: Context;
  /** Runs a command and keeps its exit code. */
  readonly run: (
    command: Command,
    load: () => Promise<CommandRun>,
    isLong: boolean,
  ) => Promise<void>;
}

interface CommandSpec {
  readonly name: string;
  readonly description: string;
  /** Flags that set configuration; --config alone when left out. */
  readonly flags?: FlagGroup;
  readonly isDefault?: boolean;
  /** What it prints may be long: on a terminal it goes through a pager. */
  readonly isLong?: boolean;
  readonly load: () => Promise<CommandRun>;
}

export function addCommand(parent: Command, { run }: Registry, spec: CommandSpec): Command {
  const command = parent.command(spec.name, { isDefault: spec.isDefault ?? false });
  command.description(spec.description);
  if (command instanceof ProgramCommand) command.isDefault = spec.isDefault ?? false;
  addConfigFlags(command, spec.flags ?? 'file');
  return command.action(() => run(command, spec.load, spec.isLong ?? false));
}

export function example(
  command: Command,
  examples: readonly (readonly [line: string, meaning: string])[],
): void {
  if (command instanceof ProgramCommand) command.examples.push(...examples);
  const width = Math.max(...examples.map(([line]) => line.length));
  command.addHelpText('after', () => {
    const help = command.createHelp();
    const lines = examples.map(
      ([line, meaning]) => `  ${help.styleSubcommandText(line.padEnd(width))}  ${meaning}`,
    );
    return `\n${help.styleTitle('Examples:')}\n${lines.join('\n')}`;
  });
}

/** `--since`, in epoch milliseconds. */
export function sinceOption({ context }: Registry): Option {
  return new Option('--since <when>', '30m, 2h, 7d, 1w ago, or a date').argParser((text) =>
    parseSince(text, context.now()),
  );
}
