/**
 * The proxy's listening side: accepts, hands requests over, drains and closes. Runs in the proxy
 * worker, or in any thread (tests). Limits are node:http's where they protect, and off where they
 * would cut a long answer or a slow upload.
 */
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CodexLogin } from '../core/codex-login.ts';
import { makeGuard } from '../core/guard.ts';
import type { ProxyOptions } from '../core/options.ts';
import type { TapCounters } from '../core/tap.ts';
import { clientUpgrade, isWebSocketUpgrade } from './client-upgrade.ts';
import { makeDoor } from './door.ts';
import type { Exchange } from './exchange.ts';
import { type OwnError, ownAnswer, sendRawAnswer } from './own-answer.ts';
import { Presence } from './presence.ts';
import { handleRequest, type RequestContext } from './requests.ts';
import { makeRouter } from './route.ts';
import { type TapPort, TapWriter } from './tap-writer.ts';
import { Turns } from './turns.ts';
import {
  MAX_HEADER_BYTES,
  makeTrustStore,
  type TrustStore,
  UpstreamPool,
} from './upstream-pool.ts';

const HEADERS_TIMEOUT_MS = 60_000;
/** Longer than any client keeps an idle connection, so that it is the client who closes. */
const KEEP_ALIVE_TIMEOUT_MS = 120_000;

/** How often clients that are held back are looked for; twice in a row before one has left. */
const PRESENCE_MS = 300;

export interface ProxyServerInput {
  readonly options: ProxyOptions;
  readonly counters: TapCounters;
  readonly tapPort: TapPort;
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export class ProxyServer {
  readonly #options: ProxyOptions;
  readonly #server: Server;
  readonly #tap: TapWriter;
  readonly #pools: ReadonlyMap<string, UpstreamPool>;
  readonly #trust: TrustStore;
  readonly #exchanges = new Set<Exchange>();
  readonly #turns = new Turns();
  readonly #presence = new Presence();
  #presenceTimer: NodeJS.Timeout | null = null;
  /** By provider name. */
  readonly #logins = new Map<string, CodexLogin | null>();
  #degraded: readonly string[] = [];
  #acceptTrouble: string | null = null;
  #isDraining = false;
  /** Called when the last exchange has ended, while draining. */
  #onIdle: (() => void) | null = null;

  constructor({ options, counters, tapPort }: ProxyServerInput) {
    this.#options = options;
    this.#trust = makeTrustStore();
    this.#pools = new Map(
      options.providers.map((provider) => [
        provider.name,
        new UpstreamPool(provider, this.#trust, counters),
      ]),
    );
    this.#tap = new TapWriter({
      port: tapPort,
      counters,
      maxQueuedBytes: options.maxQueuedBytes,
      now: () => performance.now(),
    });
    this.#server = this.#makeServer();
  }

  /** Rejects with node's error (EADDRINUSE, EACCES …). */
  listen(): Promise<ListenAddress> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        // Too many open files, above all: those connected go on.
        this.#server.on('error', (error) => {
          this.#acceptTrouble = `cannot accept connections (${error.message}): raise ulimit -n`;
        });
        this.#readTrustStore();
        this.#presenceTimer = setInterval(() => void this.#dismissGone(), PRESENCE_MS).unref();
        const address = this.#server.address();
        const isTcp = typeof address === 'object' && address !== null;
        resolve({ host, port: isTcp ? address.port : port });
      });
    });
  }

  /** A new recorder listens on `port`. */
  setTapPort(port: TapPort): void {
    this.#tap.setPort(port);
  }

  setCodexLogin(provider: string, login: CodexLogin | null): void {
    this.#logins.set(provider, login);
  }

  setDegraded(reasons: readonly string[]): void {
    this.#degraded = reasons;
  }

  /**
   * Accepts nothing more and waits for the running exchanges, `deadlineMs` at most; then ends those
   * that remain, and resolves to their number. All records have been posted by then.
   */
  async drain(deadlineMs: number): Promise<number> {
    this.#isDraining = true;
    this.#server.close();
    for (const exchange of this.#exchanges) exchange.drain();
    const remaining = await this.#waitUntilIdle(deadlineMs);
    this.destroy();
    return remaining;
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#server.close();
    if (this.#presenceTimer !== null) clearInterval(this.#presenceTimer);
    for (const exchange of this.#exchanges) exchange.shutdown();
    this.#server.closeAllConnections();
    for (const pool of this.#pools.values()) pool.destroy();
    this.#tap.flush();
  }

  /** Of the clients that nothing is read from: those that read notice by themselves. */
  async #dismissGone(): Promise<void> {
    const requests = [...this.#exchanges].map(({ request }) => request);
    const held = requests.filter((req) => req.isPaused() || req.socket.isPaused());
    if (held.length === 0) return;
    for (const socket of await this.#presence.departed(held.map((req) => req.socket))) {
      socket.destroy();
    }
  }

  #waitUntilIdle(deadlineMs: number): Promise<number> {
    if (this.#exchanges.size === 0) return Promise.resolve(0);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(this.#exchanges.size), deadlineMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve(0);
      };
    });
  }

  #makeServer(): Server {
    const server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      noDelay: true,
      // Finds clients that vanished without a word (a laptop put to sleep): their answers cost money.
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      shouldUpgradeCallback: isWebSocketUpgrade,
    });
    // Bounded in bytes by maxHeaderSize; node:http would silently drop the rest.
    server.maxHeadersCount = 0;
    const context = this.#requestContext();
    server.on('request', (req, res) => {
      this.#turns.take(res, () => handleRequest(context, req, res, null));
    });
    server.on('upgrade', (req, socket, head) => {
      const isFree = this.#turns.isFreeAtEnd(socket);
      const upgrade = isFree ? clientUpgrade(req, socket, head) : null;
      if (upgrade !== null) handleRequest(context, req, upgrade.res, upgrade);
    });
    server.on('connect', (_req, socket) => {
      if (this.#turns.isFreeAtEnd(socket)) refuseConnect(socket);
    });
    server.on('clientError', (error, socket) => this.#refuseUnparsable(error, socket));
    return server;
  }

  #requestContext(): RequestContext {
    const options = this.#options;
    return {
      options,
      guard: makeGuard(options),
      door: makeDoor(options.authToken),
      router: makeRouter(options, {
        loginOf: (provider) => this.#logins.get(provider) ?? null,
        now: Date.now,
      }),
      pools: this.#pools,
      tap: this.#tap,
      exchanges: this.#exchanges,
      onExchangeEnd: (exchange) => {
        this.#exchanges.delete(exchange);
        if (this.#exchanges.size === 0) this.#onIdle?.();
      },
      degraded: () =>
        this.#acceptTrouble === null ? this.#degraded : [...this.#degraded, this.#acceptTrouble],
      isDraining: () => this.#isDraining,
    };
  }

  /** Off the first request's path; it is needed in any case when an upstream speaks TLS. */
  #readTrustStore(): void {
    const isNeeded = [...this.#pools.values()].some((pool) => pool.isSecure);
    if (isNeeded) setImmediate(this.#trust);
  }

  #refuseUnparsable(error: Error, socket: Duplex): void {
    const code = 'code' in error ? String(error.code) : '';
    if (!socket.writable || code === 'ECONNRESET') socket.destroy();
    else if (this.#turns.isFreeAfterTrouble(socket)) {
      sendRawAnswer(socket, ownAnswer(parseError(code), 'openai'));
    }
  }
}

function parseError(code: string): OwnError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { code: 'headers-too-large', message: 'the request headers are larger than 64 kB' };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { code: 'request-timeout', message: 'the request headers did not arrive in 60 s' };
  }
  return { code: 'bad-request', message: `the request is not valid HTTP/1.1 (${code})` };
}

function refuseConnect(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  const message = 'CONNECT is not accepted: use this proxy as a base URL, not as HTTPS_PROXY';
  sendRawAnswer(socket, ownAnswer({ code: 'method-not-allowed', message }, 'openai'));
}
