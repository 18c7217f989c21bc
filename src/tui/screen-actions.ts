/** What the screen can do to the world outside of it, and what is done with what is selected. */
import { pageLink } from '../core/page-link.ts';
import type { History } from '../core/ports.ts';
import { exportRecords } from '../export/export.ts';
import type { Action } from './keymap.ts';
import { shortId } from './views/exchange-columns.ts';
import type { Selection } from './views/view.ts';

export interface ScreenActions {
  /** `drained`: running exchanges may end; `now`: they are cut off. */
  readonly quit: (how: 'drained' | 'now') => void;
  /** To the terminal's clipboard; false when it is too long for that. */
  readonly copy: (text: string) => boolean;
  /** Writes a file that does not exist yet; gives its path. */
  readonly writeFile: (name: string, chunks: Iterable<string | Uint8Array>) => Promise<string>;
  /** Resolves to false where no browser could be started. */
  readonly browse: (url: string) => Promise<boolean>;
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
  /** LunaRoute's. */
  readonly version: string;
  readonly actions: ScreenActions;
  /** Where the web page is; null when there is none. */
  readonly uiUrl: string | null;
  readonly toast: (text: string) => void;
}

/** An action that is none of the views'. */
export function doOutside(action: Action, doing: Doing & { readonly isNeeded: boolean }): void {
  const { actions, toast, isNeeded } = doing;
  if (action === 'redraw') actions.redraw();
  else if (action === 'mouse') toast(`mouse ${actions.toggleMouse() ? 'on' : 'off'}`);
  else if (action === 'shell') actions.shell();
  else if (action === 'browse') browse(doing);
  else if (action !== 'suspend') doWithSelection(action, doing);
  else if (isNeeded) {
    toast('not now: suspending would stop the proxy while exchanges run; ! opens a shell');
  } else actions.suspend();
}

/** What is selected, or the page itself. */
function browse({ selection, uiUrl, actions, toast }: Doing): void {
  if (uiUrl === null) {
    toast('the server shows no web page (ui.enabled, or see its log)');
    return;
  }
  const { exchangeId = null, sessionId = null } = selection ?? {};
  const session = sessionId === null ? null : ({ type: 'session', sessionId } as const);
  const target = exchangeId === null ? session : ({ type: 'exchange', exchangeId } as const);
  const url = pageLink(uiUrl, target);
  actions.browse(url).then(
    (isOpen) => toast(isOpen ? `opened ${url}` : `open it yourself: ${url}`),
    (error: unknown) => toast(`open ${url} yourself: ${String(error)}`),
  );
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
    void attempt(() => actions.writeFile('lunaroute-copy.txt', [text])).then((path) =>
      toast(`too long for the clipboard; written to ${path}`),
    );
  }
}

/** The exchange alone, or the whole session, as a page to read. */
function exportSelection(selection: Selection, { history, version, actions, toast }: Doing): void {
  const { exchangeId, sessionId } = selection;
  const id = exchangeId ?? sessionId;
  if (history === null || id === null || !isRecorded(history, selection)) {
    toast('there is nothing recorded to export');
    return;
  }
  const chosen =
    exchangeId === null
      ? { sessions: [id], exchanges: [] }
      : { sessions: [], exchanges: [exchangeId] };
  const name = `lunaroute-${shortId(id).replace(/[^\w-]/g, '_')}.html`;
  void attempt(() =>
    actions.writeFile(name, exportRecords(history, chosen, { format: 'html', version })),
  ).then((path) => toast(`written to ${path}`));
}

function isRecorded(history: History, { exchangeId, sessionId }: Selection): boolean {
  if (exchangeId !== null) return history.exchange(exchangeId) !== null;
  return sessionId !== null && history.session(sessionId) !== null;
}

/** The disk may be full or the folder not ours: said, not thrown. */
async function attempt(write: () => Promise<string>): Promise<string> {
  try {
    return await write();
  } catch (error) {
    return `nowhere: ${error instanceof Error ? error.message : String(error)}`;
  }
}
