/**
 * A WebSocket after the provider's 101: the bytes of both directions pass untouched, at the pace of
 * the slower side. Frames are walked along, not read, so that LunaRoute knows when it may say goodbye
 * (close 1012) at its own end, and whether an answer is awaited.
 * Must never end one side cleanly that the other broke, nor put a byte inside a frame.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { EndCause, TapDirection } from '../core/tap.ts';
import { closeFrame, FrameWalker, isDataFrame } from '../core/websocket-frames.ts';
import type { Failure } from './failures.ts';
import type { ExchangeTap } from './tap-writer.ts';

export interface WebSocketPipeInput {
  readonly client: Socket;
  readonly upstream: Duplex;
  /** What the client sent before the provider's 101. */
  readonly early: readonly Buffer[];
  readonly tap: ExchangeTap;
  /** Longest silence of the provider while the client waits for it. */
  readonly idleMs: number;
  readonly now: () => number;
  readonly failure: (error: unknown) => Failure;
  readonly count: (name: 'webSockets' | 'webSocketFrames', amount: number) => void;
  readonly onEnd: (cause: EndCause) => void;
}

/** A person may think for long between two turns; what vanished is found by TCP's keep-alive. */
const BETWEEN_TURNS_MS = 60 * 60 * 1000;
/** After one side has ended, the other has so long to follow. */
const LINGER_MS = 5000;
/** At shutdown: a provider that has been silent for so long has said what it had to say. */
const QUIET_MS = 2000;
const TICK_MS = 250;
const SERVICE_RESTART = 1012;
const GOING_AWAY = 1001;

export class WebSocketPipe {
  readonly #in: WebSocketPipeInput;
  readonly #toUpstream: FrameWalker;
  readonly #toClient: FrameWalker;
  readonly #timer: NodeJS.Timeout;
  #lastAt: number;
  /** The client has spoken last. */
  #isAwaited = false;
  #isDraining = false;
  #cause: EndCause | null = null;
  #isOver = false;

  constructor(input: WebSocketPipeInput) {
    this.#in = input;
    this.#lastAt = input.now();
    input.count('webSockets', 1);
    this.#toUpstream = this.#walker(true);
    this.#toClient = this.#walker(false);
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
    for (const chunk of input.early) this.#pass('request', chunk);
    this.#connect('request', input.client, input.upstream);
    this.#connect('response', input.upstream, input.client);
  }

  /** Ends as soon as no answer is awaited. */
  drain(): void {
    this.#isDraining = true;
    this.#tick();
  }

  /** Says goodbye where it may, and ends both sides. */
  shutdown(): void {
    if (this.#isOver) return;
    const { client, upstream } = this.#in;
    this.#cause ??= { kind: 'shutdown' };
    for (const side of [client, upstream]) {
      side.removeAllListeners('data').removeAllListeners('drain');
      // What still arrives is read and thrown away: unread bytes would turn the goodbye into a reset.
      side.resume();
    }
    farewell(client, this.#toClient, closeFrame(SERVICE_RESTART, false));
    farewell(upstream, this.#toUpstream, closeFrame(GOING_AWAY, true));
    this.#end();
  }

  #walker(isAwaited: boolean): FrameWalker {
    return new FrameWalker({
      frame: (header) => {
        this.#in.count('webSocketFrames', 1);
        if (isDataFrame(header)) this.#isAwaited = isAwaited;
      },
      payload: () => undefined,
      frameEnd: () => undefined,
    });
  }

  #connect(direction: TapDirection, from: Duplex, to: Duplex): void {
    from.on('data', (chunk: Buffer) => {
      if (this.#pass(direction, chunk)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.on('end', () => {
      this.#ended(direction, null);
      to.end();
    });
    from.on('error', (error) => this.#ended(direction, error));
    from.on('close', () => {
      this.#ended(direction, null);
      // Delivers what has come. No close frame was made up, so this is no clean end.
      endSoon(to);
      if (to.destroyed) this.#end();
    });
    from.resume();
  }

  #pass(direction: TapDirection, chunk: Buffer): boolean {
    const { client, upstream, tap, now } = this.#in;
    const arrived = now();
    this.#lastAt = arrived;
    const isFlowing = (direction === 'request' ? upstream : client).write(chunk);
    (direction === 'request' ? this.#toUpstream : this.#toClient).push(chunk);
    tap.bytes(direction, chunk, arrived);
    return isFlowing;
  }

  /** Who ends first decides how the exchange ended. */
  #ended(direction: TapDirection, error: Error | null): void {
    if (this.#cause !== null) return;
    this.#lastAt = this.#in.now();
    const broken = (): Failure => this.#in.failure(error ?? { code: 'UND_ERR_SOCKET' });
    this.#cause =
      direction === 'request' ? { kind: 'client-gone' } : { kind: 'upstream-cut', ...broken() };
  }

  #tick(): void {
    const silence = this.#in.now() - this.#lastAt;
    if (this.#cause !== null) {
      if (silence > LINGER_MS) this.#destroy();
    } else if (this.#isDraining && !this.#isAwaited && silence > QUIET_MS) {
      this.shutdown();
    } else if (silence > this.#limit() && !this.#in.upstream.isPaused()) {
      const failure = this.#in.failure({ code: 'UND_ERR_BODY_TIMEOUT' });
      this.#cause = { kind: 'upstream-cut', ...failure };
      this.#destroy();
    }
  }

  #limit(): number {
    return this.#isAwaited ? this.#in.idleMs : Math.max(this.#in.idleMs, BETWEEN_TURNS_MS);
  }

  #destroy(): void {
    this.#in.client.destroy();
    this.#in.upstream.destroy();
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#in.count('webSockets', -1);
    this.#in.onEnd(this.#cause ?? { kind: 'done' });
  }
}

function farewell(side: Duplex, walker: FrameWalker, frame: Uint8Array): void {
  if (side.writable && walker.isBetweenFrames) side.write(frame);
  endSoon(side);
}

function endSoon(side: Duplex): void {
  if (side instanceof Socket) side.destroySoon();
  else side.end(() => side.destroy());
}
