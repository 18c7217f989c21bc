/** What the browser's tab, its history and a bookmark call the page that is shown. */
import { useEffect } from 'react';
import { shownLine } from './text/foreign.ts';

const PRODUCT = 'LunaRoute';

/** @param name foreign text or not; null while it is not known */
export function useTitle(name: string | null): void {
  useEffect(() => {
    document.title = name === null ? PRODUCT : `${shownLine(name, 80)} · ${PRODUCT}`;
  }, [name]);
}
