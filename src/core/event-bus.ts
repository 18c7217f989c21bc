/**
 * The one stream of events inside the main thread: numbers what the recorder worker sends and hands
 * it to every subscriber. Publishing never throws: a subscriber's error is counted and reported, the
 * others still get the event. Subscribers must not publish, and must not wait inside the callback.
 */
import type { FlowEvent, UnnumberedEvent } from './events.ts';

export type Subscriber = (event: FlowEvent) => void;

export class EventBus {
  readonly #subscribers = new Set<Subscriber>();
  readonly #onError: (error: unknown) => void;
  #seq = 0;

  /** `onError` gets what a subscriber threw. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Numbers the event anew: a restarted recorder counts from the start again, the stream does not. */
  publish(event: UnnumberedEvent | FlowEvent): void {
    this.#seq += 1;
    const numbered: FlowEvent = { ...event, seq: this.#seq };
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(numbered);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  /** Returns the function that ends the subscription. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => {
      this.#subscribers.delete(subscriber);
    };
  }
}
