/** HTTP Archive 1.2 (W3C draft): a page for each session, an entry for each exchange. */

import { titleOf } from './facts.ts';
import { entryOf } from './har-entry.ts';
import { type ExportGroup, type ExportSelection, type ExportSource, groupsOf } from './source.ts';
import { jsonText, visible } from './text.ts';

export function* harChunks(
  source: ExportSource,
  selection: ExportSelection,
  version: string,
): Generator<string, void> {
  const creator = { name: 'LunaRoute', version };
  yield `{"log":{"version":"1.2","creator":${jsonText(creator)},"pages":[`;
  const pages = new Set<string>();
  for (const group of groupsOf(source, selection)) {
    const page = pages.has(group.sessionId) ? null : pageOf(group);
    if (page === null) continue;
    yield `${pages.size === 0 ? '' : ','}\n${jsonText(page)}`;
    pages.add(group.sessionId);
  }
  yield '\n],"entries":[';
  yield* entryChunks(source, selection, pages);
  yield '\n]}}\n';
}

function pageOf(group: ExportGroup) {
  if (group.session === null) return null;
  return {
    startedDateTime: new Date(group.session.startedAt).toISOString(),
    id: group.sessionId,
    title: visible(titleOf(group)),
    pageTimings: {},
  };
}

function* entryChunks(
  source: ExportSource,
  selection: ExportSelection,
  pages: ReadonlySet<string>,
): Generator<string, void> {
  let isFirst = true;
  for (const { exchanges } of groupsOf(source, selection)) {
    for (const exchange of exchanges) {
      const entry = entryOf(exchange, {
        request: source.decodedBody(exchange.id, 'request'),
        response: source.decodedBody(exchange.id, 'response'),
      });
      const page = pages.has(exchange.sessionId) ? { pageref: exchange.sessionId } : {};
      yield `${isFirst ? '' : ','}\n${jsonText({ ...page, ...entry })}`;
      isFirst = false;
    }
  }
}
