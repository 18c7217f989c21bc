/**
 * How a stored content is put together: literal bytes and references to segments. References that
 * follow each other with the same joiner (the comma between messages) are one run of key differences,
 * because a history of 200 messages is sent again with every turn. Pure bytes in, bytes out.
 *
 * Layout: a list of operations, each a varint v, low bit 0: v >> 1 literal bytes follow; low bit 1: a
 * run of v >> 1 references: the joiner (varint length, bytes), then per reference the zigzag varint
 * difference of its key to the last one (0 before the first).
 */
export type Piece = number | Uint8Array;

const MAX_JOINER_BYTES = 16;

export function encodeRecipe(pieces: readonly Piece[]): Buffer {
  const out: (number | Uint8Array)[] = [];
  let lastKey = 0;
  let at = 0;
  while (at < pieces.length) {
    const piece = pieces[at];
    if (typeof piece !== 'number') {
      if (piece !== undefined && piece.length > 0) out.push(piece.length * 2, piece);
      at += 1;
      continue;
    }
    const run = readRun(pieces, at);
    out.push(run.keys.length * 2 + 1, run.joiner.length, run.joiner);
    for (const key of run.keys) {
      out.push(zigzag(key - lastKey));
      lastKey = key;
    }
    at = run.next;
  }
  return Buffer.concat(out.map((item) => (typeof item === 'number' ? varint(item) : item)));
}

interface Run {
  readonly keys: readonly number[];
  readonly joiner: Uint8Array;
  readonly next: number;
}

/** The longest run that begins at the reference `pieces[start]`. */
function readRun(pieces: readonly Piece[], start: number): Run {
  const keys = [Number(pieces[start])];
  let joiner: Uint8Array = new Uint8Array(0);
  let next = start + 1;
  for (;;) {
    const between = pieces[next];
    const following = pieces[next + 1];
    if (typeof between === 'number' || between === undefined) break;
    if (typeof following !== 'number' || between.length > MAX_JOINER_BYTES) break;
    if (keys.length === 1) joiner = between;
    else if (Buffer.compare(joiner, between) !== 0) break;
    keys.push(following);
    next += 2;
  }
  return { keys, joiner, next };
}

/** The pieces that were encoded, joiners in their places. Throws on bytes that are no recipe. */
export function decodeRecipe(recipe: Uint8Array): Piece[] {
  const reader = new Reader(recipe);
  const pieces: Piece[] = [];
  let lastKey = 0;
  while (!reader.isDone()) {
    const operation = reader.varint();
    const count = Math.floor(operation / 2);
    if (operation % 2 === 0) {
      pieces.push(reader.take(count));
      continue;
    }
    const joiner = reader.take(reader.varint());
    for (let index = 0; index < count; index += 1) {
      if (index > 0 && joiner.length > 0) pieces.push(joiner);
      lastKey += unzigzag(reader.varint());
      pieces.push(lastKey);
    }
  }
  return pieces;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error('recipe ends early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new Error('recipe ends early');
      this.#at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
  }
}

/** Arithmetic instead of shifts: keys may exceed 32 bits. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
