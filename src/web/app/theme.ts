/** Dark, light, or as the system says; kept in the browser. */
import { useSyncExternalStore } from 'react';

const THEMES = ['auto', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'lunaroute-theme';
const listeners = new Set<() => void>();

function stored(): Theme {
  return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'auto';
}

/** Before the first drawing, so that nothing flashes. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = stored();
}

export function nextTheme(): void {
  const next = THEMES[(THEMES.indexOf(stored()) + 1) % THEMES.length] ?? 'auto';
  localStorage.setItem(KEY, next);
  applyTheme();
  for (const listener of listeners) listener();
}

/** Also changes when the system's preference does: charts draw their colours themselves. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, stored);
}

export function onLook(listener: () => void): () => void {
  return subscribe(listener);
}

function subscribe(listener: () => void): () => void {
  const media = window.matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', listener);
  listeners.add(listener);
  return () => {
    media.removeEventListener('change', listener);
    listeners.delete(listener);
  };
}
