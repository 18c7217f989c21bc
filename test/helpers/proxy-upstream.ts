import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Upstream {
  readonly port: number;
  /** Sockets that are open now. */
  readonly sockets: ReadonlySet<Socket>;
  /** Requests whose head arrived (HTTP), or connections (TCP). */
  readonly hits: () => number;
}

export interface HttpUpstream extends Upstream {
  readonly server: Server;
}

/** A node:http provider. */
export async function startUpstream(
  handler: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<HttpUpstream> {
  let hits = 0;
  const server = createServer({ maxHeaderSize: 128 * 1024 }, (req, res) => {
    hits += 1;
    res.sendDate = false;
    handler(req, res);
  });
  const sockets = await listen(server);
  return { server, port: portOf(server.address()), sockets, hits: () => hits };
}

/** A provider that speaks bytes: `onRequest` gets all that came so far, each time more comes. */
export async function startRawUpstream(
  onData: (socket: Socket, received: Buffer, connection: number) => void,
): Promise<Upstream> {
  let hits = 0;
  const server = createTcpServer((socket) => {
    hits += 1;
    const connection = hits;
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      onData(socket, received, connection);
    });
  });
  const sockets = await listen(server);
  return { port: portOf(server.address()), sockets, hits: () => hits };
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export function hasWholeHead(received: Buffer): boolean {
  return received.includes('\r\n\r\n');
}

async function listen(
  server: Server | ReturnType<typeof createTcpServer>,
): Promise<ReadonlySet<Socket>> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return sockets;
}

function portOf(address: string | AddressInfo | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('not listening on TCP');
  return address.port;
}
