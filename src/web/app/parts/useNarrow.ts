/** Whether the page is as narrow as a phone: rows then take two lines. */
import { useSyncExternalStore } from 'react';

const media = window.matchMedia('(max-width: 720px)');

export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => media.matches,
  );
}
