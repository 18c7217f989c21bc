/**
 * Keeps web pages away from the proxy and from the live stream: with a configured key, any page that could reach it would
 * spend the user's money. DNS rebinding is stopped by the Host header, cross-origin requests by
 * Origin and Sec-Fetch-Site; command-line clients send neither of the latter. Pure.
 * Must never answer with Access-Control-Allow-*: a preflight gets the refusal like everything else.
 */
/** By lower-case name. */
type HeaderMap = ReadonlyMap<string, string>;

interface Refusal {
  readonly code: 'forbidden-host' | 'forbidden-origin';
  readonly message: string;
}

export interface GuardOptions {
  /** The address that the server was asked to listen on. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
}

export type Guard = (headers: HeaderMap, localAddress: string | undefined) => Refusal | null;

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const CROSS_SITE = new Set(['cross-site', 'same-site']);

/** Whether a server that listens on this host is reached from this machine alone. */
export function isLoopbackHost(host: string): boolean {
  const bare = bareHost(host.toLowerCase());
  return LOOPBACK.includes(bare) || /^127(?:\.\d{1,3}){3}$/.test(bare);
}

/** `localAddress` is the one that the connection came in on: its literal cannot be a rebound name. */
export function makeGuard(options: GuardOptions): Guard {
  const allowed = new Set(options.allowedHosts.map((name) => bareHost(name.toLowerCase())));
  const own = new Set([...LOOPBACK, bareHost(options.host.toLowerCase()), ...allowed]);
  return (headers, localAddress) => {
    const authority = (headers.get('host') ?? '').toLowerCase();
    const host = hostOf(authority);
    if (host === null || !(own.has(host) || host === unmapped(localAddress))) {
      return forbiddenHost(authority);
    }
    return checkOrigin(headers, authority, allowed);
  };
}

function checkOrigin(
  headers: HeaderMap,
  authority: string,
  allowed: ReadonlySet<string>,
): Refusal | null {
  const origin = headers.get('origin')?.toLowerCase();
  if (origin !== undefined) {
    const isOurs = origin === `http://${authority}` || allowed.has(originHost(origin));
    return isOurs ? null : forbiddenOrigin(`a web page of ${origin}`);
  }
  return CROSS_SITE.has(headers.get('sec-fetch-site')?.toLowerCase() ?? '')
    ? forbiddenOrigin('a web page of another site')
    : null;
}

/** The name or address without port and brackets; null when it is neither. */
function hostOf(authority: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/@\s,]+))(?::\d{1,5})?$/.exec(authority);
  return match?.[1] ?? match?.[2] ?? null;
}

function bareHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** `::ffff:192.0.2.1`, as a dual-stack socket reports an IPv4 peer's side, is 192.0.2.1. */
function unmapped(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '');
}

function originHost(origin: string): string {
  return hostOf(origin.replace(/^[a-z][a-z0-9+.-]*:\/\//, '')) ?? '';
}

function forbiddenHost(authority: string): Refusal {
  return {
    code: 'forbidden-host',
    message: `refused a request for the host '${authority.slice(0, 100)}', which is not this proxy's name. If it should be, add it to allowed_hosts in the configuration.`,
  };
}

function forbiddenOrigin(who: string): Refusal {
  return {
    code: 'forbidden-origin',
    message: `refused a request from ${who.slice(0, 120)}. If that page may use this proxy, add its host to allowed_hosts in the configuration.`,
  };
}
