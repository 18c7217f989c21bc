/**
 * The model that a request's body names, for routing by it. Off the default path: only configured
 * routes, or a path that names no provider, need it.
 */
import type { BodyListener, RequestPayload } from './request-body.ts';

/** Null where the body is not JSON (compressed ones included), streamed, or names none. */
export function modelOf(payload: RequestPayload): string | null {
  if (!Buffer.isBuffer(payload)) return null;
  try {
    const body: unknown = JSON.parse(payload.toString('utf8'));
    const hasModel = typeof body === 'object' && body !== null && 'model' in body;
    return hasModel && typeof body.model === 'string' ? body.model : null;
  } catch {
    return null;
  }
}

/** Reads the body first, then lets `choose` find a listener, which hears all from the beginning. */
export class LateListener implements BodyListener {
  readonly #choose: (payload: RequestPayload) => BodyListener | null;
  readonly #chunks: Buffer[] = [];
  #hasAll = false;
  #listener: BodyListener | null = null;

  /** `choose` is called once; null when the request goes nowhere. */
  constructor(choose: (payload: RequestPayload) => BodyListener | null) {
    this.#choose = choose;
  }

  bodyChunk(chunk: Buffer): void {
    if (this.#listener === null) this.#chunks.push(chunk);
    else this.#listener.bodyChunk(chunk);
  }

  bodyReceived(): void {
    this.#hasAll = true;
    this.#listener?.bodyReceived();
  }

  bodyReady(payload: RequestPayload): void {
    const listener = this.#choose(payload);
    this.#listener = listener;
    for (const chunk of this.#chunks.splice(0)) listener?.bodyChunk(chunk);
    if (this.#hasAll) listener?.bodyReceived();
    if (listener !== null) listener.bodyReady(payload);
    else if (payload !== null && !Buffer.isBuffer(payload)) payload.destroy();
  }
}
