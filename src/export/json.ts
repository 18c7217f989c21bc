/**
 * One JSON document: sessions with their exchanges; `messages` of an exchange are those that the
 * session had not said before. Bodies, byte for byte, are in `jsonl`.
 */
import { NewMessages } from './new-messages.ts';
import type { ExportGroup } from './source.ts';
import { jsonText } from './text.ts';

export function* jsonChunks(groups: Iterable<ExportGroup>): Generator<string, void> {
  yield '{"format":1,"sessions":[';
  let isFirst = true;
  for (const group of groups) {
    yield `${isFirst ? '' : ','}\n{"sessionId":${jsonText(group.sessionId)},"session":${jsonText(group.session)},"exchanges":[`;
    yield* exchangeChunks(group);
    yield ']}';
    isFirst = false;
  }
  yield '\n]}\n';
}

function* exchangeChunks({ exchanges }: ExportGroup): Generator<string, void> {
  const fresh = new NewMessages();
  let isFirst = true;
  for (const exchange of exchanges) {
    yield `${isFirst ? '' : ','}\n${jsonText({ ...exchange, messages: fresh.of(exchange) })}`;
    isFirst = false;
  }
}
