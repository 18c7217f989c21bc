/** `lunaroute demo` on the command line. */
import type { Command } from 'commander';
import { parseDuration } from './arguments.ts';
import { addCommand, example, type Registry } from './registry.ts';

export function addDemoCommand(program: Command, registry: Registry): void {
  const demo = addCommand(program, registry, {
    name: 'demo',
    description: 'three scripted agents through the real proxy: no keys, no network, nothing kept',
    load: async () => (await import('./commands/demo.ts')).runDemo,
  });
  demo
    .option('--for <time>', 'end after this long: 20s, 5m', parseDuration)
    .option('--web', 'watch it in the browser');
  example(demo, [
    ['lunaroute demo', 'watch it in the terminal UI'],
    ['lunaroute demo --web', 'watch it in the browser, until Ctrl-C'],
    ['lunaroute demo --headless', 'one line a request, then the summary'],
  ]);
}
