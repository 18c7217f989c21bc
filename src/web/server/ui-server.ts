/**
 * The server beside the proxy, on the main thread: screens attach to it. Reads only, answers only
 * who knows the token (a file readable by the user alone holds it), and refuses every web page that
 * is not its own. A reader that is too slow is cut off: nothing here may grow with its slowness.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Guard, makeGuard } from '../../core/guard.ts';
import { type LiveSource, packSnapshot } from '../../core/live-source.ts';

export interface UiServerOptions {
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly token: string;
  readonly source: () => LiveSource;
}

export interface UiServer {
  readonly host: string;
  readonly port: number;
  close(): void;
}

const LIVE_PATH = '/api/v1/live';
/** Bytes that a reader may be behind. */
const MAX_BEHIND = 4 * 1024 * 1024;
const MAX_READERS = 32;
/** Silence would look like a dead server. */
const HEARTBEAT_MS = 15_000;

/** Listens; where the port is taken, on any free one. Rejects when it cannot listen at all. */
export async function startUiServer(options: UiServerOptions): Promise<UiServer> {
  const guard = makeGuard(options);
  const readers = new Set<ServerResponse>();
  const server = createServer((req, res) => answer({ req, res, guard, options, readers }));
  await listen(server, options.host, options.port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return listen(server, options.host, 0);
  });
  server.unref();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    host: options.host,
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

interface Call {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly guard: Guard;
  readonly options: UiServerOptions;
  readonly readers: Set<ServerResponse>;
}

interface Problem {
  readonly status: number;
  readonly message: string;
}

function answer(call: Call): void {
  const problem = problemOf(call);
  if (problem === null) stream(call);
  else refuse(call.res, problem);
}

/** Why a request is not answered; null for a reader of the live stream. */
function problemOf({ req, guard, options, readers }: Call): Problem | null {
  const headers = new Map(Object.entries(req.headers).map(([name, value]) => [name, `${value}`]));
  const refusal = guard(headers, req.socket.localAddress);
  if (refusal !== null) return { status: 403, message: refusal.message };
  if (req.url !== LIVE_PATH) return { status: 404, message: `there is only ${LIVE_PATH} here` };
  if (req.method !== 'GET') return { status: 405, message: 'only GET' };
  if (!knowsToken(headers.get('authorization') ?? '', options.token)) {
    return { status: 401, message: 'attach with `lunaroute`, which knows the token' };
  }
  if (readers.size >= MAX_READERS) return { status: 503, message: 'too many screens are attached' };
  return null;
}

function refuse(res: ServerResponse, { status, message }: Problem): void {
  res.writeHead(status, {
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
  });
  res.end(`${JSON.stringify({ error: { message: `LunaRoute: ${message}` } })}\n`);
}

function knowsToken(authorization: string, token: string): boolean {
  const given = Buffer.from(authorization);
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** First the snapshot, then each event as one line of server-sent data. */
function stream({ res, options, readers }: Call): void {
  const source = options.source();
  readers.add(res);
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (name: string, data: unknown): void => {
    res.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    if (res.writableLength > MAX_BEHIND) res.destroy();
  };
  send('snapshot', packSnapshot(source.facts, source.state()));
  const unsubscribe = source.subscribe((update) => {
    if (update.type === 'event') send('flow', update.event);
  });
  const heartbeat = setInterval(() => res.write(': alive\n\n'), HEARTBEAT_MS);
  res.on('error', () => res.destroy());
  res.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
    readers.delete(res);
  });
}
