/** What can be done with a session: take it along, keep it, delete it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useRef } from 'react';
import { pathSegment } from '../../../core/page-link.ts';
import type { SessionSummary } from '../../../core/ports.ts';
import { apiUrl, change } from '../api/client.ts';
import { useOverview } from '../api/queries.ts';
import { go } from '../routes.ts';
import { shown } from '../text/foreign.ts';
import { plural } from '../text/numbers.ts';
import { Icon } from './Icon.tsx';

export function SessionActions({ session }: { readonly session: SessionSummary }): ReactNode {
  const { sessionId, isPinned } = session;
  const queries = useQueryClient();
  const token = useOverview().data?.token ?? '';
  const path = `sessions/${pathSegment(sessionId)}`;
  const pin = useMutation({
    mutationFn: () => change(isPinned ? 'DELETE' : 'PUT', `${path}/pin`, token),
    onSettled: () => queries.invalidateQueries(),
  });
  return (
    <div className="actions">
      <a className="button" href={apiUrl('export', { session: sessionId })} download>
        <Icon name="export" /> Export
      </a>
      <button type="button" aria-pressed={isPinned} onClick={() => pin.mutate()}>
        <Icon name="pin" /> {isPinned ? 'Pinned' : 'Pin'}
      </button>
      <Delete session={session} path={path} token={token} />
      {pin.error === null ? null : <Refused error={pin.error} />}
    </div>
  );
}

interface DeleteProps {
  readonly session: SessionSummary;
  readonly path: string;
  readonly token: string;
}

function Delete({ session, path, token }: DeleteProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => change('DELETE', path, token),
    onSuccess: () => {
      go('/sessions', { replace: true });
      queries.removeQueries({ queryKey: ['session', session.sessionId] });
      void queries.invalidateQueries();
    },
  });
  return (
    <>
      <button type="button" className="danger" onClick={() => dialog.current?.showModal()}>
        <Icon name="delete" /> Delete …
      </button>
      <dialog ref={dialog} aria-labelledby="delete-title">
        <h2 id="delete-title">Delete this session?</h2>
        <p>
          {plural(session.requests, 'request')} with all text go from the database and the JSONL
          files. This cannot be undone.
        </p>
        {remove.error === null ? null : <Refused error={remove.error} />}
        <div className="actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            Keep it
          </button>
          <button
            type="button"
            className="danger"
            disabled={remove.isPending}
            onClick={() => remove.mutate()}
          >
            Delete
          </button>
        </div>
      </dialog>
    </>
  );
}

function Refused({ error }: { readonly error: Error }): ReactNode {
  return (
    <p className="is-bad" role="alert">
      {shown(error.message)}
    </p>
  );
}
