/** Ways to read a streamed answer in tests: whole, cut into pieces, cut short. */
import type { Dialect, ResponseView } from '../../src/core/conversation.ts';
import type { Delta } from '../../src/dialects/codec.ts';
import { codecFor } from '../../src/dialects/registry.ts';
import { SseReader } from '../../src/dialects/sse.ts';

/** The SSE text of events as `[name, data]`; a name of '' is left out, string data goes as it is. */
export function sse(events: readonly (readonly [string, unknown])[], newline = '\n'): string {
  return events
    .map(([name, data]) => {
      const text = typeof data === 'string' ? data : JSON.stringify(data);
      const head = name === '' ? '' : `event: ${name}${newline}`;
      return `${head}data: ${text}${newline}${newline}`;
    })
    .join('');
}

export interface Assembled {
  readonly view: ResponseView;
  readonly deltas: readonly Delta[];
}

/** Reads the pieces of a body as the recorder does. */
export function assemble(dialect: Dialect, pieces: readonly Uint8Array[]): Assembled {
  const reader = new SseReader();
  const assembler = codecFor(dialect).makeAssembler();
  const events = [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
  const deltas = events.flatMap(({ event, data }) => assembler.push(event, data));
  return { view: assembler.view(), deltas };
}

export function assembleText(dialect: Dialect, text: string): Assembled {
  return assemble(dialect, [new TextEncoder().encode(text)]);
}

/** The bytes cut at the given offsets (any numbers; taken modulo the length). */
export function cutAt(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const cuts = [...new Set(offsets.map((offset) => offset % (bytes.length + 1)))];
  const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.slice(edges[index], edge));
}
