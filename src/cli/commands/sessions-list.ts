/** `lunaroute sessions list`: the recorded sessions, newest first. */
import { formatCostSum } from '../../core/cost.ts';
import { formatCount, formatTime } from '../../core/format.ts';
import type { SessionFilter, SessionSummary } from '../../core/ports.ts';
import type { Invocation } from '../context.ts';
import { withHistory } from '../open-records.ts';
import { type Column, renderTable } from '../view/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'SESSION' },
  { title: 'LAST ACTIVITY' },
  { title: 'CLIENT' },
  { title: 'MODEL' },
  { title: 'REQUESTS', align: 'right' },
  { title: 'ERRORS', align: 'right' },
  { title: 'IN', align: 'right' },
  { title: 'OUT', align: 'right' },
  { title: 'COST', align: 'right' },
  { title: 'TITLE' },
];

export function runSessionsList(invocation: Invocation): number {
  const { print } = invocation.context;
  const sessions = withHistory(invocation, (history) => history.sessions(filterOf(invocation)));
  if (invocation.isJson) {
    print.json(sessions);
    return 0;
  }
  if (sessions.length === 0) {
    print.note('no session matches');
    return 0;
  }
  const width = print.isTerminal ? idWidth(sessions) : Number.POSITIVE_INFINITY;
  const [head = '', ...lines] = renderTable(
    COLUMNS,
    sessions.map((session) => rowOf(session, width)),
    print.columns,
  );
  print.line(print.style.bold(head));
  for (const line of lines) print.line(line);
  return 0;
}

function filterOf({ option }: Invocation): SessionFilter {
  const text = (name: 'model' | 'client' | 'provider') => {
    const value = option(name);
    return typeof value === 'string' ? { [name]: value } : {};
  };
  const since = option('since');
  return {
    limit: Number(option('limit')),
    ...(typeof since === 'number' && { since }),
    ...text('model'),
    ...text('client'),
    ...text('provider'),
  };
}

function rowOf(session: SessionSummary, width: number): string[] {
  const { usage } = session;
  return [
    session.sessionId.slice(0, width),
    formatTime(session.lastActivityAt),
    session.client,
    session.modelUsed ?? '-',
    formatCount(session.requests),
    formatCount(session.errors),
    usage === null ? 'unknown' : formatCount(usage.input),
    usage === null ? 'unknown' : formatCount(usage.output),
    formatCostSum(session.cost),
    session.title ?? '',
  ];
}

const MIN_ID = 8;

/** On a terminal: as much of the ids as tells these sessions apart. Any unique prefix is an id. */
function idWidth(sessions: readonly SessionSummary[]): number {
  const ids = sessions.map(({ sessionId }) => sessionId);
  const longest = Math.max(...ids.map((id) => id.length));
  for (let width = MIN_ID; width < longest; width++) {
    if (new Set(ids.map((id) => id.slice(0, width))).size === ids.length) return width;
  }
  return longest;
}
