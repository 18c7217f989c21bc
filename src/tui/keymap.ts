/**
 * The one table of keys: input, `?` help, the hints at the bottom, the `:` palette and docs/TUI.md are
 * all made from it. Each action has one meaning; where a view has none for it, the key does nothing.
 */
export const VIEWS = ['live', 'sessions', 'session', 'exchange', 'search', 'stats'] as const;
export type ViewName = (typeof VIEWS)[number];

export type Action =
  | `view-${ViewName}`
  | 'next-view'
  | 'previous-view'
  | 'down'
  | 'up'
  | 'half-down'
  | 'half-up'
  | 'page-down'
  | 'page-up'
  | 'top'
  | 'bottom'
  | 'left'
  | 'right'
  | 'open'
  | 'back'
  | 'follow'
  | 'sort'
  | 'reverse'
  | 'older'
  | 'newer'
  | 'next-match'
  | 'previous-match'
  | 'next-error'
  | 'previous-error'
  | 'diff'
  | 'unfold'
  | 'filter'
  | 'palette'
  | 'help'
  | 'copy'
  | 'copy-id'
  | 'copy-body'
  | 'export'
  | 'browse'
  | 'pager'
  | 'shell'
  | 'pause'
  | 'mouse'
  | 'suspend'
  | 'redraw'
  | 'quit';

export interface Binding {
  readonly action: Action;
  readonly keys: readonly string[];
  readonly help: string;
  /** Views where it means something; all when left out. */
  readonly views?: readonly ViewName[];
  /** Short word for the line of hints. */
  readonly hint?: string;
}

const LISTS: readonly ViewName[] = ['live', 'sessions', 'session', 'search'];

const BINDINGS: readonly Binding[] = [
  { action: 'help', keys: ['?'], help: 'this help', hint: 'help' },
  { action: 'quit', keys: ['q', 'ctrl-c'], help: 'quit; ctrl-c twice ends at once', hint: 'quit' },
  { action: 'view-live', keys: ['1'], help: 'Live: exchanges as they happen' },
  { action: 'view-sessions', keys: ['2'], help: 'Sessions: all that were recorded' },
  { action: 'view-session', keys: ['3'], help: 'Session: the selected one' },
  { action: 'view-exchange', keys: ['4'], help: 'Exchange: the selected one' },
  { action: 'view-search', keys: ['5', 's', 'ctrl-f'], help: 'Search all history' },
  { action: 'view-stats', keys: ['6'], help: 'Stats: today, 7 and 30 days' },
  { action: 'next-view', keys: ['tab'], help: 'next view' },
  { action: 'previous-view', keys: ['shift-tab'], help: 'previous view' },
  { action: 'open', keys: ['enter'], help: 'open what is selected', views: LISTS, hint: 'open' },
  { action: 'back', keys: ['esc'], help: 'back; ends a filter first', hint: 'back' },
  { action: 'down', keys: ['j', 'down'], help: 'down' },
  { action: 'up', keys: ['k', 'up'], help: 'up' },
  { action: 'half-down', keys: ['ctrl-d'], help: 'half a page down' },
  { action: 'half-up', keys: ['ctrl-u'], help: 'half a page up' },
  { action: 'page-down', keys: ['pagedown', ' '], help: 'a page down' },
  { action: 'page-up', keys: ['pageup', 'b'], help: 'a page up' },
  { action: 'top', keys: ['g', 'home'], help: 'to the top' },
  { action: 'bottom', keys: ['G', 'end'], help: 'to the end' },
  {
    action: 'right',
    keys: ['l', 'right'],
    help: 'next tab, next span of time',
    views: ['session', 'exchange', 'stats'],
    hint: 'tabs',
  },
  {
    action: 'left',
    keys: ['h', 'left'],
    help: 'previous tab, previous span of time',
    views: ['session', 'exchange', 'stats'],
  },
  {
    action: 'follow',
    keys: ['f', 'F'],
    help: 'follow the newest again',
    views: ['live', 'exchange'],
    hint: 'follow',
  },
  { action: 'filter', keys: ['/'], help: 'filter this view', views: LISTS, hint: 'filter' },
  {
    action: 'sort',
    keys: ['O'],
    help: 'sort by the next column',
    views: ['sessions'],
    hint: 'sort',
  },
  { action: 'reverse', keys: ['r'], help: 'turn the order around', views: ['sessions'] },
  { action: 'next-error', keys: ['E'], help: 'next one that failed', views: ['live', 'session'] },
  {
    action: 'previous-error',
    keys: ['W'],
    help: 'previous one that failed',
    views: ['live', 'session'],
  },
  { action: 'older', keys: ['['], help: "the session's previous exchange", views: ['exchange'] },
  { action: 'newer', keys: [']'], help: "the session's next exchange", views: ['exchange'] },
  {
    action: 'diff',
    keys: ['d'],
    help: 'what changed from the previous request',
    views: ['exchange'],
    hint: 'diff',
  },
  {
    action: 'unfold',
    keys: ['t'],
    help: 'unfold or fold thinking and long instructions',
    views: ['exchange'],
    hint: 'unfold',
  },
  { action: 'next-match', keys: ['n'], help: 'next match of the search', views: ['exchange'] },
  {
    action: 'previous-match',
    keys: ['N'],
    help: 'previous match of the search',
    views: ['exchange'],
  },
  { action: 'copy', keys: ['y'], help: 'copy the row or the text shown' },
  { action: 'copy-id', keys: ['Y'], help: 'copy the session id' },
  {
    action: 'copy-body',
    keys: ['c'],
    help: 'copy the body of the tab (request or answer)',
    views: ['exchange'],
  },
  { action: 'export', keys: ['e'], help: 'write what is selected to an HTML page' },
  { action: 'browse', keys: ['o'], help: 'open what is selected in the web page' },
  { action: 'pager', keys: ['v'], help: 'read the text shown in $PAGER', views: ['exchange'] },
  { action: 'shell', keys: ['!'], help: 'a shell; the proxy goes on' },
  { action: 'pause', keys: ['p', '='], help: 'pause the screen; the proxy goes on', hint: 'pause' },
  { action: 'mouse', keys: ['m'], help: 'mouse off and on (off: the terminal selects text)' },
  { action: 'palette', keys: [':'], help: 'all commands by name', hint: 'commands' },
  { action: 'redraw', keys: ['ctrl-l'], help: 'draw the screen anew' },
  { action: 'suspend', keys: ['ctrl-z'], help: 'suspend; refused while exchanges run' },
];

/** What a key means in a view. */
export function actionFor(key: string, view: ViewName): Action | null {
  return bindingsOf(view).find(({ keys }) => keys.includes(key))?.action ?? null;
}

export function bindingsOf(view: ViewName): readonly Binding[] {
  return BINDINGS.filter(({ views }) => views === undefined || views.includes(view));
}

/** A key as a person reads it. */
export function keyName(key: string): string {
  return key === ' ' ? 'space' : key;
}
