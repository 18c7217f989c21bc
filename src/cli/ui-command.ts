/** `lunaroute ui` on the command line. */
import { Argument, type Command } from 'commander';
import { addCommand, example, type Registry } from './registry.ts';

export function addUiCommand(program: Command, registry: Registry): void {
  const ui = addCommand(program, registry, {
    name: 'ui',
    description: 'the web page in the browser; starts the server if none runs',
    flags: 'server',
    load: async () => (await import('./commands/ui.ts')).runUi,
  });
  ui.addArgument(
    new Argument('[id]', 'exchange id, session id or any unique beginning of it, or last'),
  ).option('--print', 'only print the link');
  example(ui, [
    ['lunaroute ui', 'the dashboard'],
    ['lunaroute ui last --print', 'the link to the newest session'],
  ]);
}
