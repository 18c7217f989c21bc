/**
 * Connections to one provider. Each undici Client holds one socket and serves one exchange at a
 * time, so that an exchange can be cut off by destroying its Client, and its owner knows whether the
 * socket was fresh. The most recently used is used first: it is the least likely to be stale.
 * Must never share a socket between two exchanges, nor build a URL from a client's path.
 */
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { buildConnector, Client } from 'undici';
import type { ProviderOptions } from '../core/options.ts';
import { TAP_COUNTERS, type TapCounters } from '../core/tap.ts';
import { ContinueFilter } from './continue-filter.ts';
import { tunnelConnector } from './tunnel.ts';

/** As the inbound side: long prompts ride in headers of some gateways. */
export const MAX_HEADER_BYTES = 64 * 1024;

/** What happens on the way to a provider, as far as it is counted. */
export type PoolCounter =
  | 'upstreamConnections'
  | 'upstreamRetries'
  | 'webSockets'
  | 'webSocketFrames';

type Connector = buildConnector.connector;

/** The trust store, made at first need: reading the system's certificates takes some 50 ms. */
export type TrustStore = () => SecureContext;

/**
 * Node's own certificates (NODE_EXTRA_CA_CERTS among them) and the system's. One context for all
 * connections: parsing several hundred certificates anew for each would cost 15 ms a time.
 */
export function makeTrustStore(): TrustStore {
  let context: SecureContext | null = null;
  return () => {
    const ca = () => [
      ...new Set([...getCACertificates('default'), ...getCACertificates('system')]),
    ];
    context ??= createSecureContext({ ca: ca() });
    return context;
  };
}

/** One socket to the provider. */
export class UpstreamConnection {
  readonly client: Client;
  /** Milliseconds that connecting took since the connection was taken; null: it was open already. */
  connectMs: number | null = null;
  /** The socket reported an error: an answer that ends with the connection is not known to be whole. */
  hasFailed = false;
  isIdle = false;
  #filter: ContinueFilter | null = null;

  constructor(
    origin: string,
    options: Client.Options,
    connect: Connector,
    onSocket: (change: 1 | -1) => void,
  ) {
    this.client = new Client(origin, {
      ...options,
      connect: (target, callback) => {
        const startedAt = performance.now();
        connect(target, (...result) => {
          // On an error undici passes no second argument, whatever its types say.
          if (result[0] === null) {
            this.connectMs = performance.now() - startedAt;
            this.hasFailed = false;
            this.#filter = new ContinueFilter(result[1]);
            onSocket(1);
            result[1].once('close', () => onSocket(-1));
            result[1].once('error', () => {
              this.hasFailed = true;
            });
          }
          callback(...result);
        });
      },
    });
  }

  /** To be called before each request. */
  expectAnswer(): void {
    this.#filter?.expectAnswer();
  }

  /** An answer has begun, though undici has not seen it. */
  get isHolding(): boolean {
    return this.#filter?.isHolding ?? false;
  }

  /** Ends the socket at once, whatever runs on it. */
  destroy(): void {
    this.client.destroy().catch(() => undefined);
  }
}

export class UpstreamPool {
  readonly provider: ProviderOptions;
  /** host:port, for messages. */
  readonly address: string;
  readonly #origin: string;
  readonly #pathPrefix: string;
  readonly #trust: TrustStore;
  readonly #options: Client.Options;
  readonly #idle: UpstreamConnection[] = [];
  readonly #counters: TapCounters;
  #connector: Connector | null = null;

  constructor(provider: ProviderOptions, trust: TrustStore, counters: TapCounters) {
    const url = new URL(provider.baseUrl);
    this.provider = provider;
    this.address = addressOf(url);
    this.#origin = url.origin;
    this.#pathPrefix = pathPrefix(url, provider);
    this.#trust = trust;
    this.#counters = counters;
    this.#options = clientOptions(provider);
  }

  get isSecure(): boolean {
    return this.#origin.startsWith('https:');
  }

  /** The path that the provider sees. */
  path(target: string): string {
    return this.#pathPrefix + target;
  }

  /** The connection is the caller's alone until release() or destroy(). */
  take(): UpstreamConnection {
    const idle = this.#idle.pop();
    if (idle === undefined) return this.takeFresh();
    idle.isIdle = false;
    idle.connectMs = null;
    return idle;
  }

  takeFresh(): UpstreamConnection {
    this.#connector ??= this.#makeConnector();
    const connection = new UpstreamConnection(
      this.#origin,
      this.#options,
      this.#connector,
      (change) => this.count('upstreamConnections', change),
    );
    connection.client.on('disconnect', () => this.#forget(connection));
    return connection;
  }

  /** After an answer that arrived whole. */
  release(connection: UpstreamConnection): void {
    if (this.#idle.length < this.provider.poolMaxIdle) {
      connection.isIdle = true;
      this.#idle.push(connection);
    } else {
      connection.destroy();
    }
  }

  /** One addition in shared memory: what the metrics show of the proxy costs no message. */
  count(name: PoolCounter, amount: number): void {
    Atomics.add(this.#counters, TAP_COUNTERS[name], BigInt(amount));
  }

  destroy(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  #forget(connection: UpstreamConnection): void {
    if (!connection.isIdle) return;
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    connection.destroy();
  }

  #makeConnector(): Connector {
    const { provider } = this;
    const connect = buildConnector({
      allowH2: false,
      timeout: provider.connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelay: provider.tcpKeepAliveMs,
      ...(this.isSecure ? { secureContext: this.#trust() } : {}),
    });
    if (provider.proxyUrl === null) return connect;
    const { proxyUrl, connectTimeoutMs } = provider;
    return tunnelConnector({ proxyUrl, connectTimeoutMs, connect });
  }
}

function clientOptions(provider: ProviderOptions): Client.Options {
  const idleMs = Math.max(1, provider.poolIdleTimeoutMs);
  return {
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: provider.timeoutMs,
    // Silence between two bytes; undici does not count while the client holds the answer back.
    bodyTimeout: provider.timeoutMs,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
  };
}

function addressOf(url: URL): string {
  if (url.port !== '') return url.host;
  return `${url.hostname}:${url.protocol === 'https:' ? 443 : 80}`;
}

/** People write base URLs with the API's version, which every target carries itself. */
function pathPrefix(url: URL, { type }: ProviderOptions): string {
  const path = url.pathname.replace(/\/+$/, '');
  const repeated = type === 'chatgpt' ? /\/backend-api(\/codex)?$/ : /\/v1$/;
  return path.replace(repeated, '');
}
