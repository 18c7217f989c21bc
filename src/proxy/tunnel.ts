/**
 * Connections through a forward proxy (HTTP_PROXY, HTTPS_PROXY): one CONNECT each, so that the
 * provider's own TLS stays end to end. undici's ProxyAgent would do, but it turns the header list
 * into an object, which loses duplicates, and hides whether a connection was reused.
 * Must never send the proxy's credential to the provider, nor the provider's to the proxy.
 */
import { Socket } from 'node:net';
import { type buildConnector, Client } from 'undici';

type Connector = buildConnector.connector;

export interface TunnelOptions {
  /** http:// or https://, with user and password where the proxy wants them. */
  readonly proxyUrl: string;
  readonly connectTimeoutMs: number;
  /** Opens TLS over the tunnel. */
  readonly connect: Connector;
}

export function tunnelConnector(options: TunnelOptions): Connector {
  const proxy = new URL(options.proxyUrl);
  const credential = proxyCredential(proxy);
  return (target, callback) => {
    if (!/^https?:$/.test(proxy.protocol)) {
      return callback(tunnelError(proxy, `${proxy.protocol}// is not supported`), null);
    }
    const client = new Client(proxy.origin, {
      connectTimeout: options.connectTimeoutMs,
      headersTimeout: options.connectTimeoutMs,
      allowH2: false,
    });
    const authority = authorityOf(target);
    client.connect(
      { path: authority, headers: { host: authority, ...credential } },
      (error, answer) => {
        if (error !== null) return callback(tunnelError(proxy, error.message), null);
        const { socket, statusCode } = answer;
        if (statusCode !== 200 || !(socket instanceof Socket)) {
          socket.on('error', () => undefined).destroy();
          return callback(tunnelError(proxy, `status ${statusCode}`), null);
        }
        socket.setNoDelay(true);
        if (target.protocol !== 'https:') return callback(null, socket);
        return options.connect({ ...target, httpSocket: socket }, callback);
      },
    );
  };
}

function authorityOf({ hostname, port, protocol }: buildConnector.Options): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return `${host}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

function proxyCredential({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** A code of its own: undici would dial again and again on some of those that lie beneath. */
function tunnelError(proxy: URL, reason: string): Error {
  return Object.assign(new Error(`forward proxy ${proxy.host}: ${reason}`), {
    code: 'TUNNEL_REFUSED',
  });
}
