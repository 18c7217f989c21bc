/** Registers what belongs to the machine around LunaRoute: completion for shells, the service. */
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
  addServiceCommands(program, registry);
}

function addServiceCommands(program: Command, registry: Registry): void {
  const service = program.command('service').description('run the server from login on');
  const install = addCommand(service, registry, {
    name: 'install',
    description: 'make it a service of systemd or launchd, for this user; its flags are kept',
    flags: 'server',
    load: async () => (await import('./commands/service.ts')).runServiceInstall,
  });
  install.option('--no-start', 'only write the file that defines it');
  example(install, [['lunaroute service install --port 9000', 'on another port']]);
  addCommand(service, registry, {
    name: 'uninstall',
    description: 'stop the service and remove the file that defines it',
    load: async () => (await import('./commands/service.ts')).runServiceUninstall,
  });
}
