/** What the completion scripts of all shells have in common. Pure. */
import { type CommandShape, type OptionShape, withDescendants } from '../command-shape.ts';

/** All commands, each with the options that may follow it: the program's, and those of its default. */
export function completedCommands(root: CommandShape): CommandShape[] {
  const inherited = root.options.filter(({ names }) => !names.includes('--version'));
  return withDescendants(root).map((shape) => ({
    ...shape,
    options: distinct([
      ...shape.options,
      ...shape.commands.filter(({ isDefault }) => isDefault).flatMap(({ options }) => options),
      ...inherited,
    ]),
  }));
}

function distinct(options: readonly OptionShape[]): OptionShape[] {
  return [...new Map(options.map((option) => [option.flags, option])).values()];
}

/** ` sessions list`: the commands typed so far, as the scripts put them together. */
export function trail({ path }: CommandShape): string {
  return path.map((word) => ` ${word}`).join('');
}

export function optionNames({ options }: CommandShape): string[] {
  return options.flatMap(({ names }) => names);
}

/** Commands below, and the values that an argument may have. */
export function wordsOf({ commands, args }: CommandShape): string[] {
  return [
    ...commands.map(({ path }) => path.at(-1) ?? ''),
    ...args.flatMap(({ choices }) => choices),
  ];
}

/** Where a value follows: `" serve --dialect"`, with what it may be; nothing known: []. */
export function valueCases(
  commands: readonly CommandShape[],
): { patterns: string[]; choices: readonly string[] }[] {
  return commands.flatMap((shape) =>
    shape.options
      .filter(({ takesValue }) => takesValue)
      .map(({ names, choices }) => ({
        patterns: names.map((name) => `"${trail(shape)} ${name}"`),
        choices,
      })),
  );
}
