/** The commands that look after the recorded history: keep, delete, prune. */
import { Argument, type Command } from 'commander';
import { parseAge, parseSize } from './arguments.ts';
import { addCommand, example, type Registry } from './registry.ts';

const ID = 'session id, any unique beginning of it, or last';

export function addArchiveCommands(sessions: Command, registry: Registry): void {
  addKeepingCommands(sessions, registry);
  addPruneCommand(sessions, registry);
}

function addKeepingCommands(sessions: Command, registry: Registry): void {
  const keep = addCommand(sessions, registry, {
    name: 'keep',
    description: 'pin sessions: retention and prune leave them alone',
    flags: 'database',
    load: async () => (await import('./commands/sessions-keep.ts')).runSessionsKeep,
  });
  keep.addArgument(new Argument('<id...>', ID)).option('--undo', 'take the pin back');
  example(keep, [['lunaroute sessions keep last', 'the newest session stays']]);

  const remove = addCommand(sessions, registry, {
    name: 'delete',
    description: 'delete sessions from SQLite and JSONL, pinned or not',
    flags: 'records',
    load: async () => (await import('./commands/sessions-delete.ts')).runSessionsDelete,
  });
  remove.addArgument(new Argument('<id...>', ID));
  example(remove, [['lunaroute sessions delete 3f2a 77b0', 'two sessions']]);
}

function addPruneCommand(sessions: Command, registry: Registry): void {
  const prune = addCommand(sessions, registry, {
    name: 'prune',
    description: 'delete the oldest records now: by the limits given, else by the configured ones',
    flags: 'records',
    load: async () => (await import('./commands/sessions-prune.ts')).runSessionsPrune,
  });
  prune
    .option('--older-than <age>', 'what rested longer: 12h, 30d, 8w', parseAge)
    .option('--larger-than <size>', 'the oldest beyond this, of each store: 500mb, 2gb', parseSize)
    .option('--dry-run', 'only say what would go');
  example(prune, [
    ['lunaroute sessions prune --older-than 90d --dry-run', 'what would go'],
    ['lunaroute sessions prune --larger-than 2gb', 'the oldest, until 2 GB are left'],
  ]);
}
