/** A line of tabs; the current one in brackets, so that it needs no colour. */
import type { Theme } from '../theme.ts';

export function tabLine(tabs: readonly string[], current: string, theme: Theme): string {
  const words = tabs.map((tab) =>
    tab === current ? theme.paint(`[${tab}]`, 'title') : theme.paint(` ${tab} `, 'dim'),
  );
  return ` ${words.join(' ')}`;
}
