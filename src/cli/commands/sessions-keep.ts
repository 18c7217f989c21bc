/** `lunaroute sessions keep <id…>`: pins sessions, so that retention leaves them alone. */
import { safeLine } from '../../core/text.ts';
import { setPinned } from '../../store/upkeep/upkeep.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { requireSessions } from '../open-records.ts';

export function runSessionsKeep(invocation: Invocation): number {
  const { context, args, option, isJson } = invocation;
  const isPinned = option('undo') !== true;
  const ids = requireSessions(invocation, args);
  const { path } = loadFor(invocation).config.session_recording.sqlite;
  for (const id of ids) setPinned(path, id, isPinned);
  if (isJson) context.print.json(ids.map((sessionId) => ({ sessionId, isPinned })));
  else {
    const verb = isPinned ? 'kept' : 'no longer kept';
    for (const id of ids) context.print.line(`${safeLine(id)}  ${verb}`);
  }
  return 0;
}
