/**
 * The server beside the proxy, on the main thread: screens attach to it, and browsers get the page and
 * its API. Page and API are loaded at the first request, so that no start pays for them.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Access, makeAccess, type Refused } from './access.ts';
import { LiveStream } from './live-stream.ts';
import { problemText } from './problem.ts';
import type { Records } from './records.ts';
import type { Site } from './site.ts';

export interface UiServerOptions {
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  /** What screens show: the server's record holds it. */
  readonly token: string;
  /** What browsers show; null where that is not asked for. */
  readonly authToken: string | null;
  /** The folder of the built page. */
  readonly pageFolder: string;
  readonly records: Records;
}

export interface UiServer {
  readonly host: string;
  readonly port: number;
  close(): void;
}

const LIVE_PATH = '/api/v1/live';
/** A page needs a handful; each costs memory. */
const MAX_CONNECTIONS = 256;

/** Listens; where the port is taken, on any free one. Rejects when it cannot listen at all. */
export async function startUiServer(options: UiServerOptions): Promise<UiServer> {
  const { host, allowedHosts, token: screenToken, authToken, records } = options;
  const access = makeAccess({ host, allowedHosts, screenToken, authToken });
  const live = new LiveStream(records.source);
  const site = siteOf(options);
  const server = createServer((req, res) => answer({ req, res, access, live, site }));
  server.maxConnections = MAX_CONNECTIONS;
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
      live.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Made at the first request; one that failed is tried again. */
function siteOf({ records, pageFolder }: UiServerOptions): () => Promise<Site> {
  const token = randomUUID();
  let made: Promise<Site> | null = null;
  return () => {
    made ??= import('./site.ts').then(({ makeSite }) => makeSite({ records, pageFolder, token }));
    made.catch(() => {
      made = null;
    });
    return made;
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
  readonly access: Access;
  readonly live: LiveStream;
  readonly site: () => Promise<Site>;
}

function answer(call: Call): void {
  const { req, res, access, live } = call;
  const isLive = req.url?.replace(/\?.*$/s, '') === LIVE_PATH;
  const refused = access(req) ?? (isLive ? liveProblem(req, live) : null);
  if (refused !== null) refuse(res, refused);
  else if (isLive) live.serve(req, res);
  else void show(call);
}

function liveProblem({ method }: IncomingMessage, { isFull }: LiveStream): Refused | null {
  if (method !== 'GET') return { status: 405, message: 'only GET', headers: {} };
  return isFull ? { status: 503, message: 'too many screens are attached', headers: {} } : null;
}

async function show({ req, res, site }: Call): Promise<void> {
  try {
    const listener = await site();
    await listener(req, res);
  } catch (error) {
    refuse(res, { status: 500, message: String(error), headers: {} });
  }
}

function refuse(res: ServerResponse, { status, message, headers }: Refused): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res.writeHead(status, {
    'content-type': 'application/problem+json',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  res.end(problemText(status, message));
}
