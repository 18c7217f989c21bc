/**
 * The commands that doctor prints: in the language of the person's shell, quoted, and with the flags
 * that doctor itself was given, so that they act on the same server and the same records.
 */
import {
  evalLine,
  exportLine,
  guessShell,
  quoteWord,
  type Shell,
  unsetLine,
} from '../background/exports.ts';
import type { Invocation } from '../context.ts';
import { type FlagGroup, wordsOfGroup } from '../flags.ts';

export interface Advice {
  /** `lunaroute <words>` with the flags of doctor's that the command knows. */
  readonly command: (words: string, group: FlagGroup) => string;
  /** Starts the server if need be and points the shell at it. */
  readonly use: () => string;
  /** The same after the server was stopped. */
  readonly restart: () => string;
  /** Sets variables and unsets others, in one line. */
  readonly variables: (set: Readonly<Record<string, string>>, unset?: readonly string[]) => string;
  readonly quote: (word: string) => string;
  readonly fix: (id: string) => string;
}

export function adviceFor({ context, configFlags }: Invocation): Advice {
  const shell: Shell = guessShell(context.env['SHELL'], context.platform);
  const quote = (word: string): string => quoteWord(shell, word);
  const command = (words: string, group: FlagGroup): string =>
    ['lunaroute', words, ...wordsOfGroup(configFlags, group).map(quote)].join(' ');
  const use = (): string => evalLine(shell, command('env', 'server'));
  return {
    command,
    use,
    restart: () => `${command('stop', 'address')}; ${use()}`,
    variables: (set, unset = []) =>
      [
        ...unset.map((name) => unsetLine(shell, name)),
        ...Object.entries(set).map(([name, value]) => exportLine(shell, name, value)),
      ].join(' '),
    quote,
    fix: (id) => command(`doctor --fix ${id}`, 'server'),
  };
}
