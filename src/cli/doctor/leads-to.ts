/** Whether a base URL that a client was given leads to our server. Pure. */
import { isLoopbackHost } from '../../core/guard.ts';
import { clientHost } from '../address.ts';

export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

/** Any path will do: the proxy mends a doubled or missing /v1. */
export function leadsToUs(text: string, { host, port }: OwnAddress): boolean {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'http:' || Number(url.port || '80') !== port) return false;
  const name = url.hostname.replace(/^\[|\]$/g, '');
  return name === clientHost(host) || (isLoopbackHost(name) && isLoopbackHost(clientHost(host)));
}
