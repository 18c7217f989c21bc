/**
 * The event stream of /api/v1/live: a snapshot, then every event after it. A reader that comes back with
 * Last-Event-ID goes on where it was, as long as that is still remembered; else it gets a new snapshot.
 * A reader that is too slow is cut off: nothing here may grow with its slowness.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LiveSource, packSnapshot } from '../../core/live-source.ts';
import { LiveTail, sseText } from './live-tail.ts';

export const LIVE_SUMMARY =
  'Server-sent events: `snapshot`, then `flow` for each event; goes on at Last-Event-ID';

/** Bytes that a reader may be behind, beyond the snapshot that it began with. */
const MAX_BEHIND = 4 * 1024 * 1024;
const MAX_READERS = 32;
/** Silence would look like a dead server. */
const HEARTBEAT_MS = 15_000;

export class LiveStream {
  readonly #source: () => LiveSource;
  readonly #tail: LiveTail;
  readonly #readers = new Set<ServerResponse>();

  constructor(source: () => LiveSource) {
    this.#source = source;
    this.#tail = new LiveTail(source);
  }

  get isFull(): boolean {
    return this.#readers.size >= MAX_READERS;
  }

  /** Streams until the reader goes; the caller has checked who it is. */
  serve(req: IncomingMessage, res: ServerResponse): void {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.#readers.add(res);
    let allowed = MAX_BEHIND;
    const unsubscribe = this.#tail.subscribe((lines) => {
      res.write(lines);
      if (res.writableLength > allowed) res.destroy();
    });
    const first = this.#first(`${req.headers['last-event-id'] ?? ''}`);
    allowed += Buffer.byteLength(first);
    res.write(first);
    res.once('drain', () => {
      allowed = MAX_BEHIND;
    });
    const heartbeat = setInterval(() => res.write(': alive\n\n'), HEARTBEAT_MS);
    res.on('error', () => res.destroy());
    res.on('close', () => {
      clearInterval(heartbeat);
      unsubscribe();
      this.#readers.delete(res);
    });
  }

  close(): void {
    this.#tail.close();
  }

  /** What was missed since `lastId`, or everything as it is now. */
  #first(lastId: string): string {
    const missed = this.#tail.since(lastId);
    if (missed !== null) return `: again\n\n${missed}`;
    const source = this.#source();
    const snapshot = packSnapshot(source.facts, source.state());
    return sseText(this.#tail.idOf(snapshot.seq), 'snapshot', snapshot);
  }
}
