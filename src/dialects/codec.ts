/**
 * What the rest of LunaRoute knows about a wire format. A codec turns foreign, already JSON-parsed
 * values into the shapes of core/conversation.ts. Nothing here does I/O, throws on odd input or
 * changes the input: an unknown shape gives fewer parts, never an error.
 */
import type { Dialect, Message, RequestView, ResponseView } from '../core/conversation.ts';

/** What one stream event added to the answer, for live screens. A tool call begins with its name. */
export interface Delta {
  readonly kind: 'text' | 'thinking' | 'tool-call';
  readonly text: string;
}

/** Puts one streamed answer together. Memory is bounded; what exceeds the bound is left out. */
export interface ResponseAssembler {
  /**
   * One SSE event or WebSocket message. `event` is the SSE event name ('' when there is none),
   * `data` its text. Data that is not JSON, or not of this dialect, adds nothing.
   */
  push(event: string, data: string): readonly Delta[];
  /** What is known so far: the whole answer after its last event, a part of it when it was cut. */
  view(): ResponseView;
}

export interface DialectCodec {
  readonly dialect: Dialect;
  parseRequest(body: unknown): RequestView;
  /** One element of `messages` or `input`; empty when it says nothing. */
  parseMessage(element: unknown): readonly Message[];
  /** A JSON answer that was not streamed, error answers included. */
  parseResponse(body: unknown): ResponseView;
  makeAssembler(): ResponseAssembler;
}

export const NO_DELTAS: readonly Delta[] = [];

/** The delta of one kind, or none when nothing was added. */
export function deltas(kind: Delta['kind'], text: string): readonly Delta[] {
  return text === '' ? NO_DELTAS : [{ kind, text }];
}
