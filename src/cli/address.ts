/** Where a client reaches a server that listens on a given address. Pure. */

/** A wildcard address is no destination: loopback is. */
export function clientHost(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  return host === '::' || host === '[::]' ? '::1' : host.replace(/^\[|\]$/g, '');
}

/** `http://127.0.0.1:8081`, without a trailing slash. */
export function clientUrl(host: string, port: number): string {
  const name = clientHost(host);
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** A URL for people: without the password that it may carry. */
export function shownUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.username === '' && url.password === '')) return text;
  url.username = '***';
  url.password = '';
  return url.href;
}
