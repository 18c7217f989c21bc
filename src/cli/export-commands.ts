/** The command that takes recorded exchanges out: `export`. */
import { Argument, type Command, Option } from 'commander';
import { EXPORT_FORMATS } from '../export/export.ts';
import { addCommand, example, type Registry, sinceOption } from './registry.ts';

export function addExportCommand(program: Command, registry: Registry): void {
  const command = addCommand(program, registry, {
    name: 'export',
    description: 'recorded sessions or exchanges as a page, Markdown, JSON, HAR or bytes',
    flags: 'database',
    load: async () => (await import('./commands/export.ts')).runExport,
  });
  command
    .addArgument(
      new Argument('[id...]', 'session ids, unique beginnings of them, exchange ids, or last'),
    )
    .addOption(sinceOption(registry))
    .addOption(
      new Option('--format <name>', 'else by the name of the file; else md').choices(
        EXPORT_FORMATS,
      ),
    )
    .addOption(
      new Option('--body <which>', 'with raw: only these bodies, byte for byte').choices([
        'request',
        'response',
      ]),
    )
    .option('-o, --output <file>', 'to a new file instead of stdout')
    .option('--redact', 'also replace all secrets and personal data that were recorded');
  example(command, [
    ['lunaroute export last -o session.html', 'a page that needs nothing else'],
    ['lunaroute export last --format md --redact', 'for a pull request'],
    ['lunaroute export --since 7d -o week.jsonl', 'everything, to be imported elsewhere'],
    ['lunaroute export last -o session.har', "for a browser's network panel"],
  ]);
}
