/** `lunaroute completion <shell>`: the script that teaches a shell the commands and their options. */
import { UserError } from '../../core/errors.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { Invocation } from '../context.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export function runCompletion({ args, commands, context, isJson }: Invocation): number {
  if (isJson)
    throw new UserError('completion prints a script, so --json means nothing', { exitCode: 2 });
  const shell = args[0];
  if (shell === 'bash' || shell === 'zsh' || shell === 'fish') {
    context.print.raw(SCRIPTS[shell](commands()), 'out');
    return 0;
  }
  throw new UserError(`no completion for ${shell}`, { exitCode: 2 });
}
