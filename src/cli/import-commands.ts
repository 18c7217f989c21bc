/** The commands that take other programs' records in: `import`. */
import { Argument, type Command } from 'commander';
import { addCommand, example, type Registry } from './registry.ts';

const SOURCES = [
  {
    name: 'claude',
    description: "Claude Code's transcripts, before it deletes them",
    folder: '~/.claude',
  },
  { name: 'codex', description: "Codex's rollouts", folder: '~/.codex' },
  {
    name: 'lunaroute',
    description:
      'what the Rust original of LunaRoute recorded: JSONL, compressed or not, and SQLite',
    folder: '~/.lunaroute/sessions',
  },
  {
    name: 'jsonl',
    description: 'what LunaRoute itself exported or recorded as JSONL, into SQLite',
    folder: 'the configured folder of JSONL',
  },
] as const;

export function addImportCommands(program: Command, registry: Registry): void {
  const parent = program.command('import').description('take in what other programs recorded');
  for (const { name, description, folder } of SOURCES) {
    const command = addCommand(parent, registry, {
      name,
      description,
      flags: 'records',
      load: async () => {
        const { runImport } = await import('./commands/import.ts');
        return (invocation) => runImport(invocation, name);
      },
    });
    command
      .addArgument(new Argument('[path]', `a folder or a file (${folder})`))
      .option('--watch', 'go on as they are written, until it is stopped');
    example(command, [[`lunaroute import ${name}`, 'once; again: only what is new']]);
  }
}
