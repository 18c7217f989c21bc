/**
 * Follows one WebSocket: until the provider has agreed it is an exchange like any other (a refusal is
 * one to its end); after the 101 its messages are read and each turn becomes an exchange of its own.
 */
import type { OpenRecord, TapRecord } from '../../../core/tap.ts';
import { type BuilderContext, ExchangeBuilder, type Follower } from '../exchange-builder.ts';
import { WebSocketTurns } from './turns.ts';

const SWITCHING_PROTOCOLS = 101;

export class WebSocketFollower implements Follower {
  readonly #open: OpenRecord;
  readonly #context: BuilderContext;
  /** What came before the provider's answer. */
  readonly #early: TapRecord[] = [];
  #follower: Follower | null = null;

  constructor(open: OpenRecord, context: BuilderContext) {
    this.#open = open;
    this.#context = context;
  }

  take(record: TapRecord, slab: ArrayBuffer): Promise<void> | null {
    if (this.#follower !== null) return this.#follower.take(record, slab);
    if (record.kind === 'head' && record.status === SWITCHING_PROTOCOLS) {
      this.#follower = new WebSocketTurns(this.#open, record, this.#context);
      return null;
    }
    if (record.kind !== 'head' && record.kind !== 'end') {
      this.#early.push(record);
      return null;
    }
    const builder = this.#asExchange();
    return builder.take(record, slab);
  }

  async interrupt(): Promise<void> {
    await (this.#follower ?? this.#asExchange()).interrupt();
  }

  #asExchange(): ExchangeBuilder {
    const builder = new ExchangeBuilder(this.#open, this.#context);
    for (const record of this.#early.splice(0)) {
      // Bytes never come before the answer, so that no slab is needed.
      if (record.kind !== 'bytes') void builder.take(record, NO_BYTES);
    }
    this.#follower = builder;
    return builder;
  }
}

const NO_BYTES = new ArrayBuffer(0);
