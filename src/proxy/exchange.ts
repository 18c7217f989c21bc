/**
 * One exchange: sends the client's request to the provider and hands the answer back byte by byte as
 * it comes. It is undici's handler itself, with no stream in between, so that a chunk costs one write.
 * Whatever happens, it ends exactly once, and what it reports to the tap ends with that.
 * Must never end an answer cleanly that the provider did not end, nor deliver a POST twice.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { CodexLogin } from '../core/codex-login.ts';
import type { EndCause } from '../core/tap.ts';
import type { AnswerBody } from './answer-body.ts';
import { writeAnswerHead } from './answer-head.ts';
import type { ClientUpgrade } from './client-upgrade.ts';
import { vendorOf, withCredential } from './credentials.ts';
import { sendEarlyHints } from './early-hints.ts';
import { type Failure, failureOf, type Phase } from './failures.ts';
import {
  decodeRawHeaders,
  type HeaderMap,
  isBodiless,
  requestHeaders,
  responseHead,
} from './headers.ts';
import { ownAnswer, sendAnswer } from './own-answer.ts';
import { type BodyListener, type RequestPayload, UploadStream } from './request-body.ts';
import { retryDecision, retryDelayMs } from './retry.ts';
import type { ExchangeTap } from './tap-writer.ts';
import type { UpstreamConnection, UpstreamPool } from './upstream-pool.ts';
import { WebSocketPipe } from './websocket-pipe.ts';

export interface ExchangeInput {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly upgrade: ClientUpgrade | null;
  readonly login: CodexLogin | null;
  readonly headers: HeaderMap;
  readonly pool: UpstreamPool;
  /** Path and query as routed; the base URL's path is not in it. */
  readonly target: string;
  readonly tap: ExchangeTap;
  readonly now: () => number;
  readonly onEnd: (exchange: Exchange) => void;
}

export class Exchange implements BodyListener, Dispatcher.DispatchHandler {
  readonly #in: ExchangeInput;
  readonly #method: string;
  #payload: RequestPayload = null;
  #connection: UpstreamConnection | null = null;
  #timer: NodeJS.Timeout | null = null;
  #pipe: WebSocketPipe | null = null;
  #connectFailures = 0;
  #wasRepeated = false;
  #wasSent = false;
  #hasAnswered = false;
  #body: AnswerBody | null = null;
  #isDelimited = false;
  #hasLength = false;
  #isOver = false;
  readonly #onClose = (): void => this.#abandon({ kind: 'client-gone' });

  constructor(input: ExchangeInput) {
    this.#in = input;
    this.#method = input.req.method ?? 'GET';
  }

  /** To be called once, before any other. The client may be gone already. */
  begin(): void {
    const { socket } = this.#in.req;
    socket.once('close', this.#onClose);
    if (socket.destroyed) this.#onClose();
  }

  get request(): IncomingMessage {
    return this.#in.req;
  }

  /** LunaRoute will end: an answer may still end by itself, a WebSocket is ended when it is quiet. */
  drain(): void {
    this.#pipe?.drain();
  }

  /** LunaRoute ends: cuts both sides. */
  shutdown(): void {
    this.#pipe?.shutdown();
    if (this.#pipe !== null) return;
    this.#abandon({ kind: 'shutdown' });
    this.#in.req.socket.destroy();
  }

  bodyChunk(chunk: Buffer): void {
    this.#in.tap.bytes('request', chunk);
  }

  bodyReceived(): void {
    this.#in.tap.received();
  }

  bodyReady(payload: RequestPayload): void {
    this.#payload = payload;
    if (!this.#isOver) this.#send(this.#in.pool.take());
    else if (payload instanceof UploadStream) payload.destroy();
  }

  onRequestStart(): void {
    this.#wasSent = true;
    if (!this.#wasRepeated) this.#in.tap.sent(this.#connection?.connectMs ?? null);
  }

  onResponseStarted(): void {
    this.#hasAnswered = true;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusText?: string,
  ): void {
    if (this.#isOver) return;
    const t = this.#in.now();
    const { req, res, tap } = this.#in;
    const raw = decodeRawHeaders(controller.rawHeaders);
    if (status < 200) {
      sendEarlyHints(res, raw);
      return;
    }
    const head = responseHead(raw, req.httpVersionMinor > 0 && this.#method !== 'HEAD');
    if (!head.isUnderstood) {
      this.onResponseError(controller, { code: 'UNKNOWN_CODING' });
      return;
    }
    this.#isDelimited = head.isDelimited || isBodiless(this.#method, status);
    this.#hasLength = head.hasLength;
    this.#body = writeAnswerHead(res, status, statusText, head.headers);
    tap.head(t, status, raw);
  }

  /** The provider has agreed to a WebSocket: from here on there are only bytes. */
  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    upstream: Duplex,
  ): void {
    const t = this.#in.now();
    const { req, tap, upgrade, pool, now } = this.#in;
    if (upgrade === null) return;
    this.#drop();
    req.socket.off('close', this.#onClose);
    const raw = decodeRawHeaders(controller.rawHeaders);
    const early = upgrade.accept(status, raw);
    tap.head(t, status, raw);
    this.#pipe = new WebSocketPipe({
      client: upgrade.socket,
      upstream,
      early,
      tap,
      now,
      idleMs: pool.provider.timeoutMs,
      failure: (error) => this.#failure(error, 'body'),
      count: (name, amount) => pool.count(name, amount),
      onEnd: (cause) => this.#end(cause),
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver || this.#body === null) return;
    const isFlowing = this.#body.write(chunk);
    this.#in.tap.bytes('response', chunk);
    if (isFlowing) return;
    controller.pause();
    this.#body.onceDrained(() => controller.resume());
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    const connection = this.#connection;
    if (this.#isOver || connection === null) return;
    // undici takes a reset for the end of an answer that only the connection's end delimits.
    if (!this.#isDelimited && connection.hasFailed) {
      this.#cut(this.#failure({ code: 'ECONNRESET' }, 'body'));
      return;
    }
    this.#connection = null;
    this.#in.pool.release(connection);
    const { req, res } = this.#in;
    // Before node's own listener, which may close the socket: a closed one here means the client left.
    res.prependOnceListener('finish', () => {
      this.#end({ kind: req.socket.destroyed ? 'client-gone' : 'done' });
    });
    this.#body?.end(decodeRawHeaders(controller.rawTrailers));
  }

  onResponseError(_controller: unknown, error: unknown): void {
    if (this.#isOver) return;
    const wasReused = this.#connection?.connectMs === null;
    this.#hasAnswered ||= this.#connection?.isHolding ?? false;
    this.#drop();
    if (this.#body !== null) this.#cut(this.#failure(error, 'body'));
    else this.#retryOrRefuse(this.#failure(error, this.#wasSent ? 'answer' : 'connect'), wasReused);
  }

  #retryOrRefuse(failure: Failure, wasReused: boolean): void {
    if (!this.#wasSent) this.#connectFailures += 1;
    const decision = retryDecision({
      method: this.#method,
      code: failure.code,
      wasSent: this.#wasSent,
      wasReused,
      hasAnswered: this.#hasAnswered,
      connectFailures: this.#connectFailures,
      maxRetries: this.#in.pool.provider.maxRetries,
      canRepeat: !this.#wasRepeated && !(this.#payload instanceof UploadStream),
    });
    if (decision !== 'give-up') this.#in.pool.count('upstreamRetries', 1);
    if (decision === 'give-up') {
      this.#refuse(failure);
    } else if (decision === 'after-delay') {
      const delay = retryDelayMs(this.#connectFailures, Math.random());
      this.#timer = setTimeout(() => this.#send(this.#in.pool.take()), delay);
    } else {
      this.#wasRepeated = true;
      this.#send(this.#in.pool.takeFresh());
    }
  }

  #send(connection: UpstreamConnection): void {
    this.#connection = connection;
    this.#wasSent = false;
    const { pool, target } = this.#in;
    connection.expectAnswer();
    connection.client.dispatch(
      {
        path: pool.path(target),
        method: this.#method,
        headers: this.#upstreamHeaders(),
        body: this.#payload,
        upgrade: this.#in.upgrade?.protocol ?? null,
      },
      this,
    );
  }

  #upstreamHeaders(): string[] {
    const { req, headers, pool, login } = this.#in;
    const raw = requestHeaders(req.rawHeaders, headers);
    const length = headers.get('content-length');
    if (this.#payload instanceof UploadStream && length !== undefined) {
      raw.push('content-length', length);
    }
    return withCredential(raw, { provider: pool.provider, login }, headers);
  }

  #failure(error: unknown, phase: Phase): Failure {
    const { provider, address } = this.#in.pool;
    return failureOf(error, { provider: provider.name, upstream: address, phase });
  }

  /** No answer came: LunaRoute gives one in its own name. */
  #refuse(failure: Failure): void {
    const { res, pool } = this.#in;
    sendAnswer(res, ownAnswer(failure, vendorOf(pool.provider.type)));
    this.#end({ kind: 'no-answer', ...failure });
  }

  /** The answer broke off: what has come is delivered, then the connection ends without an end. */
  #cut(failure: Failure): void {
    const { res } = this.#in;
    this.#drop();
    this.#end({ kind: 'upstream-cut', ...failure });
    const { socket } = res;
    if (socket === null) res.destroy();
    else if (this.#hasLength || this.#body?.isChunked) socket.destroySoon();
    // Only a reset tells an HTTP/1.0 client that an answer without a length is not whole.
    else socket.write('', () => socket.resetAndDestroy());
  }

  #abandon(cause: EndCause): void {
    this.#drop();
    this.#end(cause);
  }

  /** Cuts the provider off at once, in whatever state the attempt is. */
  #drop(): void {
    const connection = this.#connection;
    this.#connection = null;
    connection?.destroy();
  }

  #end(cause: EndCause): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#in.req.socket.off('close', this.#onClose);
    if (this.#payload instanceof UploadStream) this.#payload.destroy();
    this.#in.tap.end(cause);
    this.#in.onEnd(this);
  }
}
