/** `lunaroute sessions delete <id…>`: takes sessions out of both stores; the room returns to the disk. */
import { formatBytes } from '../../core/format.ts';
import { safeLine } from '../../core/text.ts';
import { deleteFromStores } from '../../store/upkeep/upkeep.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { requireSessions } from '../open-records.ts';
import { runSteps } from '../run-steps.ts';

export async function runSessionsDelete(invocation: Invocation): Promise<number> {
  const { context, args, isJson } = invocation;
  const { print } = context;
  const ids = requireSessions(invocation, args);
  const { sqlite, jsonl } = loadFor(invocation).config.session_recording;
  // Recording may be off now: what was recorded before goes all the same.
  const places = { sqlitePath: sqlite.path, jsonlDirectory: jsonl.directory };
  const deleted = await runSteps(deleteFromStores(places, ids));
  if (isJson) {
    print.json({ sessions: ids, ...deleted });
    return 0;
  }
  for (const id of ids) print.line(`${safeLine(id)}  deleted`);
  print.note(`freed ${formatBytes(Math.max(0, deleted.freedBytes))}`);
  return 0;
}
