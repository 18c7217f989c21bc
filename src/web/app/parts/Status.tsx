/** How an exchange ended, in the terminal's words; never by colour alone. */
import type { ReactNode } from 'react';
import type { LiveExchange } from '../../../core/live-state.ts';
import type { ExchangeLine } from '../../../core/ports.ts';

interface StatusProps {
  readonly line: Pick<ExchangeLine, 'outcome' | 'status'>;
  readonly live?: LiveExchange | undefined;
}

export function Status({ line, live }: StatusProps): ReactNode {
  const { text, look } = statusOf(line, live);
  return <span className={`status is-${look}`}>{text}</span>;
}

type Look = 'good' | 'bad' | 'warn' | 'on';

function statusOf(
  { outcome, status }: StatusProps['line'],
  live: LiveExchange | undefined,
): { readonly text: string; readonly look: Look } {
  if (live !== undefined) return { text: live.status === null ? 'wait' : 'run', look: 'on' };
  switch (outcome) {
    case 'completed':
      return { text: String(status ?? 'ok'), look: 'good' };
    case 'failed':
      return { text: status === null || status < 400 ? 'fail !' : `${status} !`, look: 'bad' };
    case 'incomplete':
      return { text: 'cut !', look: 'bad' };
    case 'aborted':
      return { text: 'abort', look: 'warn' };
    case 'interrupted':
      return { text: 'lost !', look: 'bad' };
    case null:
      return { text: 'open', look: 'on' };
  }
}
