/**
 * permessage-deflate (RFC 7692) on the recorder's own copy of one direction. The sender may keep its
 * window from message to message ("context takeover"): the last 32 kB of what was said are then the
 * dictionary of the next message, so no zlib stream is held open and every call is bounded.
 */
import zlib from 'node:zlib';
import { headerValues } from '../../../dialects/headers.ts';

const WINDOW_BYTES = 32 * 1024;
/** RFC 7692 section 7.2.2: the sender leaves these out. */
const TAIL = Uint8Array.from([0x00, 0x00, 0xff, 0xff]);
const NOTHING = Buffer.alloc(0);

export type Side = 'client' | 'server';

export class Inflater {
  readonly #keepsContext: boolean;
  readonly #maxBytes: number;
  #window: Buffer = NOTHING;

  constructor(options: { readonly keepsContext: boolean; readonly maxBytes: number }) {
    this.#keepsContext = options.keepsContext;
    this.#maxBytes = options.maxBytes;
  }

  /** The message's bytes; null when they cannot be had, after which the context is lost too. */
  inflate(payload: Uint8Array): Uint8Array | null {
    try {
      const message = zlib.inflateRawSync(Buffer.concat([payload, TAIL]), {
        finishFlush: zlib.constants.Z_SYNC_FLUSH,
        maxOutputLength: this.#maxBytes,
        ...(this.#window.length > 0 && { dictionary: this.#window }),
      });
      if (this.#keepsContext) this.#slide(message);
      return message;
    } catch {
      return null;
    }
  }

  /** A copy: a view would hold the whole message in memory. */
  #slide(message: Buffer): void {
    const kept = message.length >= WINDOW_BYTES ? [message] : [this.#window, message];
    this.#window = Buffer.from(Buffer.concat(kept).subarray(-WINDOW_BYTES));
  }
}

/** What the provider's 101 agreed to for what `side` sends; null when nothing is compressed. */
export function inflaterFor(
  responseHeaders: readonly string[],
  side: Side,
  maxBytes: number,
): Inflater | null {
  const extensions = headerValues(responseHeaders, 'sec-websocket-extensions')
    .flatMap((value) => value.split(','))
    .map((extension) => extension.split(';').map((part) => part.trim().toLowerCase()));
  const deflate = extensions.find(([name]) => name === 'permessage-deflate');
  if (deflate === undefined) return null;
  return new Inflater({ keepsContext: !deflate.includes(`${side}_no_context_takeover`), maxBytes });
}
