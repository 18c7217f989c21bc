/** What a view says while there is nothing to show: what to do, and what will appear. */
import { wrapText } from '../text/wrap.ts';
import type { ViewContext } from './view.ts';

export function teachLines({ feed, theme, history, facts }: ViewContext, width: number): string[] {
  const { url } = facts();
  const steps = [
    'Nothing has been recorded yet. Point a client at LunaRoute, in another terminal:',
    '',
    '    eval "$(lunaroute env)"      then start claude, codex or opencode',
    '',
    'or by hand:',
    '',
    `    ANTHROPIC_BASE_URL=${url} claude`,
    `    codex -c openai_base_url=${url}/v1`,
    '',
    'Every request then appears here as it happens: its model, tokens, time to the first',
    'token and tools. Enter opens it; the answer grows while it streams.',
    ...(history === null
      ? ['', 'Recording to SQLite is off: only what happens now is shown.']
      : []),
    ...(feed.lostReason === null ? [] : ['', `The server cannot be reached: ${feed.lostReason}`]),
  ];
  const lines = steps.flatMap((line) => wrapText(line, width - 4));
  return [
    '',
    ...lines.map((line) => `  ${theme.paint(line, line.startsWith('    ') ? 'accent' : null)}`),
  ];
}
