/**
 * Cuts request bodies, remembering the last ones of each conversation, so that the work done for a
 * request is that for its new text. What comes out is what cut() gives for the body alone. Bounded in
 * bytes; forgetting costs time only.
 */
import { type Before, type Cut, cut } from './cut.ts';
import { Recall } from './recall.ts';

/** Bodies remembered of all conversations together; their JSON values take about twice that. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Subagents and helper calls share their client's name for the conversation. */
const MAX_BODIES = 4;

export class Cutter {
  /** The conversation used last at the end; in each, the newest body last. */
  readonly #known = new Map<string, Cut[]>();
  #bytes = 0;

  /** @param owner names the conversation as well as one can tell before the body is read. */
  cut(bytes: Uint8Array, owner: string): Cut {
    const bodies = this.#known.get(owner) ?? [];
    const before = closestOf(bodies, bytes);
    const made = cut(bytes, before);
    if (made.spans.length > 0 && bytes.length <= MAX_BYTES / 2) {
      const ended = before !== null && isContinued(before) ? before.cut : null;
      this.#remember(
        owner,
        bodies.filter((body) => body !== ended),
        made,
      );
    }
    return made;
  }

  #remember(owner: string, others: readonly Cut[], made: Cut): void {
    const bodies = [...others.slice(1 - MAX_BODIES), made];
    this.#bytes += sizeOf(bodies) - sizeOf(this.#known.get(owner) ?? []);
    this.#known.delete(owner);
    this.#known.set(owner, bodies);
    for (const [oldest, left] of this.#known) {
      if (this.#bytes <= MAX_BYTES) return;
      this.#known.delete(oldest);
      this.#bytes -= sizeOf(left);
    }
  }
}

/** The one that most of it repeats, the newer of two. */
function closestOf(bodies: readonly Cut[], bytes: Uint8Array): Before | null {
  let closest: Before | null = null;
  for (const body of bodies) {
    const recall = new Recall(body, bytes);
    if (recall.shared >= (closest?.recall.shared ?? 0)) closest = { cut: body, recall };
  }
  return closest;
}

/** What comes next continues the new body, so the one before it has had its time. */
function isContinued({ cut: { bytes }, recall }: Before): boolean {
  return recall.shared >= bytes.length / 2;
}

function sizeOf(bodies: readonly Cut[]): number {
  return bodies.reduce((sum, body) => sum + body.bytes.buffer.byteLength, 0);
}
