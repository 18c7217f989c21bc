import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { waitFor } from './proxy-wait.ts';

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly rawHeaders: readonly string[];
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
  readonly rawTrailers: readonly string[];
  /** The connection broke before the answer was whole. */
  readonly wasCut: boolean;
}

export interface Call {
  readonly method?: string;
  readonly path?: string;
  /** Flat name, value list; Host is added. */
  readonly headers?: readonly string[];
  readonly body?: Buffer | string;
}

/** One request on a connection of its own. Rejects when no answer comes. */
export function call(port: number, options: Call = {}): Promise<Answer> {
  const { method = 'GET', path = '/v1/models', headers = [], body } = options;
  return new Promise((resolve, reject) => {
    const raw = ['Host', `127.0.0.1:${port}`, ...headers];
    const isFramed = raw.some((name) => /^(content-length|transfer-encoding)$/i.test(name));
    if (body !== undefined && !isFramed) raw.push('Content-Length', `${Buffer.byteLength(body)}`);
    const req = httpRequest({ host: '127.0.0.1', port, method, path, headers: raw, agent: false });
    req.on('error', reject);
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', () => undefined);
      res.on('close', () =>
        resolve({
          status: res.statusCode ?? 0,
          statusText: res.statusMessage ?? '',
          rawHeaders: res.rawHeaders,
          header: (name) => [res.headers[name]].flat()[0],
          body: Buffer.concat(chunks),
          rawTrailers: res.rawTrailers,
          wasCut: !res.complete,
        }),
      );
    });
    req.end(body);
  });
}

/** A POST as an agent sends it. */
export function post(
  port: number,
  body: Buffer | string = '{}',
  headers: string[] = [],
): Promise<Answer> {
  const json = ['Content-Type', 'application/json', ...headers];
  return call(port, { method: 'POST', path: '/v1/chat/completions', headers: json, body });
}

export interface RawClient {
  readonly socket: Socket;
  readonly text: () => string;
  readonly received: () => number;
  /** How the connection ended, or null. */
  readonly ended: () => 'fin' | 'reset' | null;
  readonly until: (text: string) => Promise<void>;
  readonly untilEnded: () => Promise<'fin' | 'reset'>;
}

/** A client that speaks bytes. `{host}` in `text` becomes the proxy's address. */
export function rawClient(port: number, text: string): RawClient {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  let ended: 'fin' | 'reset' | null = null;
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.on('end', () => {
    ended ??= 'fin';
    socket.end();
  });
  socket.on('error', () => {
    ended ??= 'reset';
  });
  socket.write(text.replaceAll('{host}', `127.0.0.1:${port}`), 'latin1');
  onTestFinished(() => {
    socket.destroy();
  });
  return {
    socket,
    text: () => received,
    received: () => received.length,
    ended: () => ended,
    until: async (wanted) => {
      await waitFor(() => received.includes(wanted), `'${wanted}' after '${received.slice(-200)}'`);
    },
    untilEnded: () => waitFor(() => ended, 'the connection to end'),
  };
}
