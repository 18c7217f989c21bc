/** What a question to the server has come to while there is no answer to show. */
import type { ReactNode } from 'react';
import { shown } from '../text/foreign.ts';
import { Loading } from './Loading.tsx';

interface Asked {
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

export function Waiting({ asked }: { readonly asked: Asked }): ReactNode {
  if (asked.error === null) return <Loading />;
  return (
    <div className="failure" role="alert">
      <p>{shown(asked.error.message)}</p>
      <button type="button" onClick={() => void asked.refetch()}>
        Try again
      </button>
    </div>
  );
}
