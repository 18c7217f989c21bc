/** Whether what was recorded is what the demo's provider sent, and whether the script was played. Pure. */
import { formatCount } from '../core/format.ts';
import type { Stats } from '../core/ports.ts';
import { NO_USAGE } from '../core/usage.ts';
import type { Sent } from './provider.ts';

export interface Verdict {
  readonly text: string;
  readonly isRight: boolean;
}

/** `planned`: requests of the whole script; null when it was stopped before its end. */
export function verdict(sent: Sent, recorded: Stats | null, planned: number | null): Verdict {
  if (planned !== null && sent.requests !== planned) {
    const counts = `${formatCount(sent.requests)} of ${formatCount(planned)}`;
    const text = `The demo broke off: its agents came to ${counts} requests.`;
    return { text, isRight: false };
  }
  const sentText = countsOf(sent);
  const recordedText = countsOf(totalsOf(recorded));
  return sentText === recordedText
    ? { text: `The demo's provider sent the same: ${sentText}.`, isRight: true }
    : {
        text: `The demo's provider sent ${sentText}; recorded were ${recordedText}.`,
        isRight: false,
      };
}

function totalsOf(recorded: Stats | null): Sent {
  const requests = recorded?.requests ?? 0;
  const failed = requests - (recorded?.outcomes.completed ?? 0);
  return { requests, failed, usage: recorded?.usage ?? NO_USAGE };
}

function countsOf({ requests, failed, usage }: Sent): string {
  return `${formatCount(requests)} requests (${formatCount(failed)} failed), ${formatCount(usage.input)} tokens in, ${formatCount(usage.output)} out`;
}
