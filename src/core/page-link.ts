/** Addresses inside the web page. Ids come from the wire and may hold anything: they are encoded. Pure. */
export type PageTarget =
  | { readonly type: 'session'; readonly sessionId: string }
  | { readonly type: 'exchange'; readonly exchangeId: string };

/** @param uiUrl of the page itself; null as the target: its first page */
export function pageLink(uiUrl: string, target: PageTarget | null): string {
  if (target === null) return `${uiUrl}/`;
  return target.type === 'session'
    ? `${uiUrl}/sessions/${encodeURIComponent(target.sessionId)}`
    : `${uiUrl}/exchanges/${encodeURIComponent(target.exchangeId)}`;
}
