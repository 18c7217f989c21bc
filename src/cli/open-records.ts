/** The recorded history as the configuration names it, for the commands that ask it. */
import { UserError } from '../core/errors.ts';
import type { History } from '../core/ports.ts';
import { safeLine } from '../core/text.ts';
import { openHistory } from '../store/history/sqlite-history.ts';
import type { Invocation } from './context.ts';
import { loadFor } from './load-config.ts';

/** Opens the history for one use and closes it again. */
export function withHistory<T>(invocation: Invocation, use: (history: History) => T): T {
  // Recording may be off now: what was recorded before can be read all the same.
  const history = openHistory(loadFor(invocation).config.session_recording.sqlite.path);
  try {
    return use(history);
  } finally {
    history.close();
  }
}

/** The sessions that these beginnings of ids name, each once. */
export function requireSessions(invocation: Invocation, prefixes: readonly string[]): string[] {
  return withHistory(invocation, (history) => [
    ...new Set(prefixes.map((prefix) => requireSession(history, prefix))),
  ]);
}

const MAX_CANDIDATES = 8;

/** The one session whose id begins with `prefix`; throws a UserError for none or several. */
export function requireSession(history: History, prefix: string): string {
  const [first, ...others] = history.resolveSession(prefix, MAX_CANDIDATES + 1);
  if (first === undefined) {
    const message =
      prefix === 'last'
        ? 'no session was recorded yet'
        : `no session begins with ${safeLine(prefix)}`;
    throw new UserError(message, { hint: 'list them: lunaroute sessions list' });
  }
  if (others.length === 0) return first;
  const shown = [first, ...others].slice(0, MAX_CANDIDATES).map((id) => `  ${safeLine(id)}`);
  const more = others.length >= MAX_CANDIDATES ? ['  …'] : [];
  throw new UserError(
    [`several sessions begin with ${safeLine(prefix)}:`, ...shown, ...more].join('\n'),
    { hint: 'give more of the id' },
  );
}
