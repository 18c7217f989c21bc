/** Registers what belongs to the shell around LunaRoute: completion. */
import { Argument, type Command } from 'commander';
import { addCommand, example, type Registry } from './registry.ts';

export function addShellCommands(program: Command, registry: Registry): void {
  const completion = addCommand(program, registry, {
    name: 'completion',
    description: 'the script that completes commands and options in a shell',
    load: async () => (await import('./commands/completion.ts')).runCompletion,
  });
  completion.addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']));
  example(completion, [
    ['source <(lunaroute completion bash)', 'in ~/.bashrc'],
    ['source <(lunaroute completion zsh)', 'in ~/.zshrc, after compinit'],
    ['lunaroute completion fish | source', 'in ~/.config/fish/config.fish'],
  ]);
}
