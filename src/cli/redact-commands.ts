/** Registers the commands about redaction: test, apply. */
import { Argument, type Command } from 'commander';
import { addCommand, example, type Registry, sinceOption } from './registry.ts';

export function addRedactCommands(program: Command, registry: Registry): void {
  const redact = program.command('redact').description('secrets and personal data in records');
  const test = addCommand(redact, registry, {
    name: 'test',
    description: 'what would be replaced in a text, and by which rule',
    load: async () => (await import('./commands/redact.ts')).runRedactTest,
  });
  test.addArgument(new Argument('<file>', 'a file, or - for what comes through a pipe'));
  example(test, [
    ['lunaroute redact test notes.txt', 'a file'],
    ['git diff | lunaroute redact test -', 'what a pipe brings'],
  ]);
  const apply = addCommand(redact, registry, {
    name: 'apply',
    description: 'redact what is already recorded; without --yes it only counts',
    flags: 'database',
    load: async () => (await import('./commands/redact.ts')).runRedactApply,
  });
  apply.addOption(sinceOption(registry)).option('--yes', 'change the records');
  example(apply, [
    ['lunaroute redact apply', 'how much there is'],
    ['lunaroute redact apply --since 7d --yes', 'replace it in the last week'],
  ]);
}
