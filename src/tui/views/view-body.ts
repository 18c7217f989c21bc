/**
 * A view's lines, or why there are none: a locked or damaged database is no reason to end the screen.
 * Anything else that fails is a bug and goes up.
 */

import { wrapText } from '../text/wrap.ts';
import type { Theme } from '../theme.ts';
import type { Area, View } from './view.ts';

export function viewBody(view: View, area: Area, theme: Theme): string[] {
  let lines: string[] = [];
  const problem = readingProblem(() => {
    lines = view.lines(area);
  });
  if (problem === null) return lines;
  return ['', ...wrapText(problem, area.width - 4).map((line) => `  ${theme.paint(line, 'bad')}`)];
}

/** Why the history could not be read; null when all went well. */
export function readingProblem(read: () => void): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    return `the history cannot be read now: ${error.message}`;
  }
}

function isDatabaseError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE');
}
