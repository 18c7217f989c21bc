/** Puts bodies together again that were told as what differs from an earlier one (export/body-delta.ts). */
import type { Direction } from '../../core/ports.ts';
import { LruMap } from '../../store/lru.ts';
import { BadLine } from '../turn.ts';
import type { BodyJson } from './shapes.ts';

/** More than the exporter looks back: 8 agents, two directions. */
const MAX_BASES = 32;

export class BodyBases {
  readonly #bodies = new LruMap<string, Buffer>(MAX_BASES);

  /** Throws a BadLine where the earlier body is not there, or is shorter than what is said of it. */
  bytes(id: string, direction: Direction, body: BodyJson | null): Uint8Array | null {
    if (body === null) return null;
    const bytes = this.#bytesOf(direction, body);
    this.#bodies.set(`${direction} ${id}`, bytes);
    return bytes;
  }

  #bytesOf(direction: Direction, body: BodyJson): Buffer {
    if ('base64' in body) return Buffer.from(body.base64, 'base64');
    const text = Buffer.from(body.text);
    if (!('like' in body)) return text;
    const base = this.#bodies.get(`${direction} ${body.like}`);
    if (base === undefined) throw new BadLine(`builds on ${body.like}, which is not in the file`);
    const { start, end } = body;
    if (start + end > base.length) throw new BadLine(`builds on more than ${body.like} has`);
    return Buffer.concat([base.subarray(0, start), text, base.subarray(base.length - end)]);
  }
}
