/** All sessions that were recorded: filtered, sorted, endless. */
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { SessionOrder } from '../../../core/ports.ts';
import { useSessions } from '../api/queries.ts';
import { RowList } from '../parts/RowList.tsx';
import { SESSION_COLUMNS, SessionHead, SessionRow } from '../parts/SessionRow.tsx';
import { Teach } from '../parts/Teach.tsx';
import { useNarrow } from '../parts/useNarrow.ts';
import { Waiting } from '../parts/Waiting.tsx';
import { useWords } from '../routes.ts';
import { DAY_MS } from '../text/activity.ts';
import { useToday } from '../text/today.ts';
import { useTitle } from '../title.ts';

const CLIENTS = [
  'claude-code',
  'codex',
  'opencode',
  'openai-sdk',
  'anthropic-sdk',
  'curl',
  'other',
] as const;
const SINCE = [
  { value: '1', text: 'today' },
  { value: '7', text: '7 days' },
  { value: '30', text: '30 days' },
] as const;
const TYPED_AFTER_MS = 200;
const ROW = 34;
const ROW_NARROW = 62;

export function Sessions(): ReactNode {
  const [words, change] = useWords();
  useTitle('Sessions');
  const today = useToday();
  const order = SESSION_COLUMNS.find((column) => column.order === words.get('sort'))?.order;
  const days = Number(words.get('days') ?? 0);
  const query = {
    sort: order ?? 'activity',
    q: words.get('q') ?? '',
    model: words.get('model') ?? '',
    client: words.get('client') ?? '',
    since: days > 0 ? today - (days - 1) * DAY_MS : undefined,
  };
  const sessions = useSessions(query);
  const isFiltered = ['q', 'model', 'client', 'days'].some((name) => words.has(name));
  const setOrder = useCallback(
    (next: SessionOrder) => change({ sort: next === 'activity' ? null : next }),
    [change],
  );
  return (
    <div className="page page-full">
      <header className="page-head">
        <h1>Sessions</h1>
        <div className="filters" role="search">
          <Field name="q" label="Text" hint="prompt, folder or id" isFirst />
          <Field name="model" label="Model" hint="part of a name" />
          <Pick name="client" label="Client" all="all clients" options={CLIENTS.map(asOption)} />
          <Pick name="days" label="Since" all="all time" options={SINCE} />
        </div>
      </header>
      {sessions.data === undefined ? (
        <Waiting asked={sessions} />
      ) : sessions.data.length === 0 ? (
        isFiltered ? (
          <NoneFits />
        ) : (
          <Teach />
        )
      ) : (
        <List sessions={sessions} order={order ?? 'activity'} onOrder={setOrder} />
      )}
    </div>
  );
}

function asOption(name: string): { readonly value: string; readonly text: string } {
  return { value: name, text: name };
}

interface ListProps {
  readonly sessions: ReturnType<typeof useSessions>;
  readonly order: SessionOrder;
  readonly onOrder: (order: SessionOrder) => void;
}

function List({ sessions, order, onOrder }: ListProps): ReactNode {
  const isNarrow = useNarrow();
  return (
    <RowList
      label="Sessions"
      name={window.location.search}
      head={<SessionHead order={order} onOrder={onOrder} />}
      items={sessions.data ?? []}
      rowHeight={isNarrow ? ROW_NARROW : ROW}
      keyOf={({ sessionId }) => sessionId}
      draw={(session) => <SessionRow session={session} />}
      hasMore={sessions.hasNextPage}
      isLoading={sessions.isFetchingNextPage}
      loadMore={sessions.fetchNextPage}
    />
  );
}

function NoneFits(): ReactNode {
  const [, change] = useWords();
  return (
    <div className="teach">
      <h2>No session fits these filters</h2>
      <button
        type="button"
        onClick={() => change({ q: null, model: null, client: null, days: null })}
      >
        Show all sessions
      </button>
    </div>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  /** The one that `/` goes to. */
  readonly isFirst?: boolean;
}

/** Asks a moment after the last letter; the address then holds what was typed. */
function Field({ name, label, hint, isFirst = false }: FieldProps): ReactNode {
  const [words, change] = useWords();
  const asked = words.get(name) ?? '';
  const [typed, setTyped] = useState(asked);
  const [last, setLast] = useState(asked);
  if (asked !== last) {
    setLast(asked);
    setTyped(asked);
  }
  useEffect(() => {
    if (typed === asked) return;
    const timer = setTimeout(() => change({ [name]: typed }), TYPED_AFTER_MS);
    return () => clearTimeout(timer);
  });
  return (
    <label>
      <span>{label}</span>
      <input
        type="search"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        data-field={isFirst ? '' : undefined}
        placeholder={hint}
        maxLength={500}
        autoComplete="off"
        spellCheck={false}
      />
    </label>
  );
}

interface PickProps {
  readonly name: string;
  readonly label: string;
  readonly all: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
}

function Pick({ name, label, all, options }: PickProps): ReactNode {
  const [words, change] = useWords();
  return (
    <label>
      <span>{label}</span>
      <select
        value={words.get(name) ?? ''}
        onChange={(event) => change({ [name]: event.target.value })}
      >
        <option value="">{all}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}
