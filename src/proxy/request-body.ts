/**
 * The client's request body on its way to the provider: buffered while it is short (a buffered body
 * can be sent again and has a length), streamed beyond that. Tells a listener what passes.
 * Must never buffer more than the limit, and never hold the client back but by the provider's pace.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { declaredLength, type HeaderMap, hasBody } from './headers.ts';

/** What undici sends: all of it, a stream of it, or nothing. */
export type RequestPayload = Buffer | UploadStream | null;

export interface BodyListener {
  /** In order; for a buffered body before bodyReady(), for a streamed one also after it. */
  bodyChunk(chunk: Buffer): void;
  /** The last byte has arrived. Not called when the client breaks off. */
  bodyReceived(): void;
  /** Once: the request can be sent. */
  bodyReady(payload: RequestPayload): void;
}

export interface RequestBodyOptions {
  readonly headers: HeaderMap;
  /** Bytes that are buffered at most. */
  readonly limit: number;
}

/** Reads the body of `req` into `listener`; an empty one is reported before this returns. */
export function readRequestBody(
  req: IncomingMessage,
  options: RequestBodyOptions,
  listener: BodyListener,
): void {
  if (!hasBody(options.headers)) {
    listener.bodyReceived();
    listener.bodyReady(null);
  } else if (declaredLength(options.headers) > options.limit) {
    listener.bodyReady(streamBody(req, [], listener));
  } else {
    bufferBody(req, options.limit, listener);
  }
}

/** The request's bytes as undici pulls them; paced by undici, filled by the client's socket. */
export class UploadStream extends Readable {
  readonly #req: IncomingMessage;

  constructor(req: IncomingMessage) {
    super();
    this.#req = req;
    // undici lets go of the stream before it destroys it: an error then has no other listener.
    this.on('error', () => undefined);
  }

  override _read(): void {
    this.#req.resume();
  }

  /** What still arrives is thrown away, so that the client can finish sending and read its answer. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#req.resume();
    callback(error);
  }
}

function bufferBody(req: IncomingMessage, limit: number, listener: BodyListener): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    size += chunk.length;
    listener.bodyChunk(chunk);
    if (size <= limit) return;
    req.off('data', onData).off('end', onEnd);
    listener.bodyReady(streamBody(req, chunks, listener));
  };
  const onEnd = (): void => {
    listener.bodyReceived();
    const [first] = chunks;
    const isWhole = first !== undefined && chunks.length === 1;
    listener.bodyReady(isWhole ? first : Buffer.concat(chunks, size));
  };
  req.on('data', onData).on('end', onEnd);
}

function streamBody(
  req: IncomingMessage,
  head: readonly Buffer[],
  listener: BodyListener,
): UploadStream {
  const stream = new UploadStream(req);
  for (const chunk of head) stream.push(chunk);
  req.on('data', (chunk: Buffer) => {
    if (stream.destroyed) return;
    if (!stream.push(chunk)) req.pause();
    listener.bodyChunk(chunk);
  });
  req.on('end', () => {
    if (stream.destroyed) return;
    stream.push(null);
    listener.bodyReceived();
  });
  return stream;
}
