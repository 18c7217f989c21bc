/**
 * The command line as plain data: what completion scripts, the man page and the README's table are
 * made of, so that none of them can say something that the program does not understand. Pure.
 */
import { type Argument, Command, type Option } from 'commander';

/** A command that remembers its examples, for help, man page and README. */
export class ProgramCommand extends Command {
  /** Lines and what they do. */
  readonly examples: (readonly [line: string, meaning: string])[] = [];
  /** It runs when no command is named. */
  isDefault = false;

  override createCommand(name?: string): ProgramCommand {
    return new ProgramCommand(name);
  }
}

export interface OptionShape {
  /** As in the help: `-n, --lines <count>`. */
  readonly flags: string;
  /** `--lines` and `-n`, the long one first. */
  readonly names: readonly string[];
  readonly takesValue: boolean;
  /** The value is a file or a folder. */
  readonly isPath: boolean;
  readonly choices: readonly string[];
  readonly description: string;
}

interface ArgumentShape {
  /** As in the help: `<id...>`. */
  readonly term: string;
  readonly description: string;
  readonly isPath: boolean;
  readonly choices: readonly string[];
}

export interface CommandShape {
  /** The words that call it, without the program's name. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly OptionShape[];
  readonly args: readonly ArgumentShape[];
  readonly isDefault: boolean;
  readonly examples: ProgramCommand['examples'];
  readonly commands: readonly CommandShape[];
}

const PATHS = /^<?(file|folder)/;

export function shapeOf(command: Command, path: readonly string[] = []): CommandShape {
  const help = command.createHelp();
  return {
    path,
    description: command.description(),
    options: help.visibleOptions(command).map(optionShape),
    args: command.registeredArguments.map(argumentShape),
    isDefault: command instanceof ProgramCommand && command.isDefault,
    examples: command instanceof ProgramCommand ? command.examples : [],
    commands: help
      .visibleCommands(command)
      .filter((child) => child.name() !== 'help')
      .map((child) => shapeOf(child, [...path, child.name()])),
  };
}

/** The command and all below it, in the order of the help. */
export function withDescendants(shape: CommandShape): CommandShape[] {
  return [shape, ...shape.commands.flatMap(withDescendants)];
}

function optionShape(option: Option): OptionShape {
  const value = / (<.*|\[.*)$/.exec(option.flags)?.[1] ?? '';
  return {
    flags: option.flags,
    names: [option.long, option.short].filter((name) => typeof name === 'string'),
    takesValue: option.required || option.optional,
    isPath: PATHS.test(value),
    choices: option.argChoices ?? [],
    description: option.description,
  };
}

function argumentShape(argument: Argument): ArgumentShape {
  const dots = argument.variadic ? '...' : '';
  const inner = `${argument.name()}${dots}`;
  return {
    term: argument.required ? `<${inner}>` : `[${inner}]`,
    description: argument.description,
    isPath: PATHS.test(argument.name()),
    choices: argument.argChoices ?? [],
  };
}
