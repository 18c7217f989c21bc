/**
 * What was said between two answers, found again by the parents that lines name. Forgets what was said
 * before long-gone answers, so that a file of any length fits.
 */

export interface Input {
  readonly messages: readonly object[];
  readonly at: number;
}

interface Node {
  readonly parent: string | null;
  /** The answer that it follows; '' at the beginning. */
  readonly after: string;
}

interface Entry extends Input {
  readonly uuid: string;
}

/** What an answer was given to. */
export interface Before {
  readonly previousResponseId: string | null;
  readonly messages: readonly object[];
  /** When the last of them was said; null when there is none. */
  readonly at: number | null;
}

const START: Node = { parent: null, after: '' };
/** Answers whose inputs are kept: a person may go back some steps, and results come late. */
const MAX_KEPT = 64;

export class Inputs {
  readonly #nodes = new Map<string, Node>();
  readonly #entries = new Map<string, Entry[]>();
  #last: Node = START;

  has(uuid: string): boolean {
    return this.#nodes.has(uuid);
  }

  /** A line that says nothing to the model. */
  pass(uuid: string, parent: string | null): void {
    this.#put(uuid, { parent, after: this.#nodeOf(parent).after });
  }

  answer(uuid: string, responseId: string): void {
    this.#put(uuid, { parent: null, after: responseId });
  }

  add(uuid: string, parent: string | null, input: Input): void {
    const { after } = this.#nodeOf(parent);
    this.#put(uuid, { parent, after });
    const entries = this.#entries.get(after) ?? [];
    entries.push({ uuid, ...input });
    this.#entries.delete(after);
    this.#entries.set(after, entries);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_KEPT && oldest !== undefined) this.#entries.delete(oldest);
  }

  /**
   * What lies on the way from the answer before to `parent`, and all results of tools: those of calls
   * made at once hang side by side, not one below the other.
   */
  before(parent: string | null): Before {
    const { after } = this.#nodeOf(parent);
    const path = this.#pathTo(parent, after);
    const entries = (this.#entries.get(after) ?? []).filter(
      ({ uuid, messages }) => path.has(uuid) || (after !== '' && messages.some(isToolResult)),
    );
    return {
      previousResponseId: after === '' ? null : after,
      messages: entries.flatMap(({ messages }) => messages),
      at: entries.at(-1)?.at ?? null,
    };
  }

  #pathTo(uuid: string | null, after: string): Set<string> {
    const path = new Set<string>();
    for (let at = uuid; at !== null && !path.has(at); ) {
      const node = this.#nodes.get(at);
      if (node === undefined || node.after !== after) break;
      path.add(at);
      at = node.parent;
    }
    return path;
  }

  /** A parent that was never seen (cut off, or in another file) is taken for the line before. */
  #nodeOf(parent: string | null): Node {
    return parent === null ? START : (this.#nodes.get(parent) ?? this.#last);
  }

  #put(uuid: string, node: Node): void {
    this.#nodes.set(uuid, node);
    this.#last = node;
  }
}

function isToolResult(message: object): boolean {
  const content = 'content' in message ? message.content : null;
  return (
    Array.isArray(content) &&
    content.some((block: unknown) => {
      return (
        typeof block === 'object' &&
        block !== null &&
        'type' in block &&
        block.type === 'tool_result'
      );
    })
  );
}
