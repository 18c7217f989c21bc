/** Addresses inside the web page. Ids come from the wire and may hold anything: they are encoded. Pure. */
export type PageTarget =
  | { readonly type: 'session'; readonly sessionId: string }
  | { readonly type: 'exchange'; readonly exchangeId: string };

/** @param uiUrl of the page itself; null as the target: its first page */
export function pageLink(uiUrl: string, target: PageTarget | null): string {
  if (target === null) return `${uiUrl}/`;
  return target.type === 'session'
    ? `${uiUrl}/sessions/${pathSegment(target.sessionId)}`
    : `${uiUrl}/exchanges/${pathSegment(target.exchangeId)}`;
}

/** An id as one part of a path. Browsers resolve `.` and `..` however they are encoded: `~` goes before them. */
export function pathSegment(id: string): string {
  return `${/^(?:~|\.{1,2}$)/.test(id) ? '~' : ''}${encodeURIComponent(id)}`;
}

/** @param decoded such a part without its percent signs */
export function idOfSegment(decoded: string): string {
  return decoded.replace(/^~/, '');
}
