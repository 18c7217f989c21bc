/**
 * The page's keys, one table for what they do and for the help. Rows are links: to select one is to
 * focus it, and Enter is the browser's own.
 */
import { useEffect } from 'react';
import { go, leave } from './routes.ts';
import { PAGES, pagePath } from './text/route.ts';

export interface KeyHelp {
  readonly keys: string;
  readonly help: string;
}

export const KEYS: readonly KeyHelp[] = [
  { keys: '?', help: 'this help' },
  { keys: '/', help: 'search, or filter the list' },
  { keys: 'j k', help: 'next and previous row' },
  { keys: 'enter', help: 'open the row' },
  { keys: 'esc', help: 'leave a field, then go back' },
  { keys: '1 … 5', help: 'Dashboard, Sessions, Search, Analytics, Settings' },
  { keys: '[ ]', help: "the session's previous and next exchange" },
  { keys: 't', help: 'unfold or fold thinking' },
  { keys: 'd', help: 'what changed from the previous request' },
];

export type KeyActions = Readonly<Record<string, () => void>>;

/** Keys of one page; those of the shell are bound by useShellKeys(). */
export function useKeys(actions: KeyActions): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (hasModifier(event) || isTyping(event.target)) return;
      const action = actions[event.key];
      if (action === undefined || event.defaultPrevented) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [actions]);
}

export function useShellKeys(openHelp: () => void): void {
  useEffect(() => {
    const pages = PAGES.map((page, index): [string, () => void] => [
      String(index + 1),
      () => go(pagePath(page)),
    ]);
    const actions: KeyActions = {
      '?': openHelp,
      '/': focusField,
      j: () => step(1),
      k: () => step(-1),
      Escape: leave,
      ...Object.fromEntries(pages),
    };
    const onKey = (event: KeyboardEvent): void => {
      if (isForOthers(event)) return;
      if (isTyping(event.target)) {
        if (event.key === 'Escape') event.target.blur();
        return;
      }
      const action = actions[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [openHelp]);
}

function hasModifier({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey;
}

/** A dialog has its own keys, and so has the browser. */
function isForOthers(event: KeyboardEvent): boolean {
  const hasDialog = document.querySelector('dialog[open]') !== null;
  return hasDialog || hasModifier(event) || event.defaultPrevented;
}

function isTyping(target: EventTarget | null): target is HTMLElement {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
  );
}

function focusField(): void {
  const field = document.querySelector<HTMLInputElement>('[data-field]');
  if (field === null) go(pagePath('search'));
  else {
    field.focus();
    field.select();
  }
}

/** Moves the focus along the rows that are drawn; a list draws more of them as it scrolls. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')].sort(
    (a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top,
  );
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const first = rows.findIndex((row) => row.getBoundingClientRect().top >= 0);
  const next = rows[at === -1 ? Math.max(0, first) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
