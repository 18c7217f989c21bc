/** A session as lines of JSON, one exchange a line, read as fast as it is taken. */
import type { ExchangePlace, History } from '../../core/ports.ts';

const PAGE = 50;

export function sessionLines(history: History, sessionId: string): ReadableStream<Uint8Array> {
  const lines = linesOf(history, sessionId);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = lines.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
  });
}

function* linesOf(history: History, sessionId: string): Generator<unknown, void> {
  let after: ExchangePlace = { startedAt: 0, id: '' };
  for (;;) {
    const page = history.timeline({ sessionId, limit: PAGE, after });
    for (const { id } of page) yield history.exchange(id);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last;
  }
}
