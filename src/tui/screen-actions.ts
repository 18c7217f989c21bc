/** What the screen can do to the world outside of it, and what is done with what is selected. */
import type { ExchangeDetail, ExchangeLine, History } from '../core/ports.ts';
import type { Action } from './keymap.ts';
import { shortId } from './views/exchange-columns.ts';
import type { Selection } from './views/view.ts';

export interface ScreenActions {
  /** `drained`: running exchanges may end; `now`: they are cut off. */
  readonly quit: (how: 'drained' | 'now') => void;
  /** To the terminal's clipboard; false when it is too long for that. */
  readonly copy: (text: string) => boolean;
  /** Writes a file that does not exist yet; returns its path. */
  readonly writeFile: (name: string, text: string) => string;
  readonly shell: () => void;
  readonly pager: (text: string) => void;
  readonly suspend: () => void;
  readonly redraw: () => void;
  /** Whether it is on now. */
  readonly toggleMouse: () => boolean;
}

interface Doing {
  readonly selection: Selection | null;
  readonly history: History | null;
  readonly actions: ScreenActions;
  readonly toast: (text: string) => void;
}

const MAX_EXPORTED = 10_000;

/** An action that is none of the views'. */
export function doOutside(action: Action, doing: Doing & { readonly isNeeded: boolean }): void {
  const { actions, toast, isNeeded } = doing;
  if (action === 'redraw') actions.redraw();
  else if (action === 'mouse') toast(`mouse ${actions.toggleMouse() ? 'on' : 'off'}`);
  else if (action === 'shell') actions.shell();
  else if (action !== 'suspend') doWithSelection(action, doing);
  else if (isNeeded) {
    toast('not now: suspending would stop the proxy while exchanges run; ! opens a shell');
  } else actions.suspend();
}

function doWithSelection(action: Action, doing: Doing): void {
  const { selection, actions, toast } = doing;
  if (selection === null) {
    if (action.startsWith('copy') || action === 'export') toast('nothing is selected');
    return;
  }
  if (action === 'copy') copy(selection.row, 'copied', doing);
  if (action === 'copy-id') copy(selection.sessionId, 'session id copied', doing);
  if (action === 'copy-body') copy(selection.body, 'body copied', doing);
  if (action === 'pager') actions.pager(selection.row);
  if (action === 'export') exportSelection(selection, doing);
}

function copy(text: string | null, done: string, { actions, toast }: Doing): void {
  if (text === null || text === '') toast('there is nothing to copy');
  else if (actions.copy(text)) toast(`${done} (${[...text].length} characters)`);
  else {
    const path = attempt(() => actions.writeFile('lunaroute-copy.txt', text));
    toast(`too long for the clipboard; written to ${path}`);
  }
}

/** The exchange with its whole conversation, or the session with its list of exchanges. */
function exportSelection(selection: Selection, { history, actions, toast }: Doing): void {
  const { exchangeId, sessionId } = selection;
  const data = history === null ? null : exported(history, exchangeId, sessionId);
  if (data === null) {
    toast('there is nothing recorded to export');
    return;
  }
  const id = exchangeId ?? sessionId ?? '';
  const name = `lunaroute-${shortId(id).replace(/[^\w-]/g, '_')}.json`;
  const path = attempt(() => actions.writeFile(name, `${JSON.stringify(data, null, 2)}\n`));
  toast(`written to ${path}`);
}

function exported(
  history: History,
  exchangeId: string | null,
  sessionId: string | null,
): ExchangeDetail | { session: unknown; exchanges: ExchangeLine[] } | null {
  if (exchangeId !== null) return history.exchange(exchangeId);
  if (sessionId === null) return null;
  const exchanges = history.timeline({ sessionId, limit: MAX_EXPORTED }).reverse();
  return { session: history.session(sessionId), exchanges };
}

/** The disk may be full or the folder not ours: said, not thrown. */
function attempt(write: () => string): string {
  try {
    return write();
  } catch (error) {
    return `nowhere: ${error instanceof Error ? error.message : String(error)}`;
  }
}
