// A provider that speaks bytes over TCP: it frames requests by itself, keeps what came, and writes
// whatever the script says, well-formed or not.
import net, { type Socket } from 'node:net';

interface ByteRequest {
  /** As it came, latin1, with the empty line. */
  readonly head: string;
  readonly target: string;
  /** Without the framing. */
  readonly body: Buffer;
  /** Which connection it came on, from 1, and which request of it this is, from 1. */
  readonly connection: number;
  readonly turn: number;
}

export interface ByteScript {
  /** When a head has come, `rest` with it; true: the script has this connection from now on. */
  onHead?(head: string, socket: Socket, rest: Buffer): boolean;
  onRequest(request: ByteRequest, socket: Socket): void;
  onConnection?(socket: Socket): void;
}

export interface ByteProvider {
  readonly port: number;
  readonly url: string;
  readonly requests: ByteRequest[];
  readonly sockets: ReadonlySet<Socket>;
  readonly connections: () => number;
  stop(): Promise<void>;
}

export async function startByteProvider(script: ByteScript, port = 0): Promise<ByteProvider> {
  const requests: ByteRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = net.createServer({ noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    script.onConnection?.(socket);
    const framer = new Framer(connections, script, socket, requests);
    socket.on('data', (chunk: Buffer) => framer.push(chunk));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : 0;
  return {
    port: actual,
    url: `http://127.0.0.1:${actual}`,
    requests,
    sockets,
    connections: () => connections,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Finds requests in one connection's bytes. */
class Framer {
  #buffer = Buffer.alloc(0);
  #head: string | null = null;
  #turn = 0;
  #isTaken = false;
  readonly connection: number;
  readonly script: ByteScript;
  readonly socket: Socket;
  readonly requests: ByteRequest[];

  constructor(connection: number, script: ByteScript, socket: Socket, requests: ByteRequest[]) {
    this.connection = connection;
    this.script = script;
    this.socket = socket;
    this.requests = requests;
  }

  push(chunk: Buffer): void {
    if (this.#isTaken) return;
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    while (!this.#isTaken && this.#step());
  }

  #step(): boolean {
    if (this.#head === null) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end === -1) return false;
      this.#head = this.#buffer.subarray(0, end + 4).toString('latin1');
      this.#buffer = this.#buffer.subarray(end + 4);
      this.#isTaken = this.script.onHead?.(this.#head, this.socket, this.#buffer) ?? false;
      return true;
    }
    const body = takeBody(this.#head, this.#buffer);
    if (body === null) return false;
    this.#buffer = this.#buffer.subarray(body.taken);
    this.#turn += 1;
    const request: ByteRequest = {
      head: this.#head,
      target: this.#head.split(' ', 2)[1] ?? '',
      body: body.bytes,
      connection: this.connection,
      turn: this.#turn,
    };
    this.#head = null;
    this.requests.push(request);
    this.script.onRequest(request, this.socket);
    return true;
  }
}

interface Taken {
  readonly bytes: Buffer;
  readonly taken: number;
}

function takeBody(head: string, buffer: Buffer): Taken | null {
  if (/^transfer-encoding: chunked\r$/im.test(head)) return takeChunked(buffer);
  const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
  return buffer.length < length ? null : { bytes: buffer.subarray(0, length), taken: length };
}

function takeChunked(buffer: Buffer): Taken | null {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = buffer.indexOf('\r\n', at);
    if (line === -1) return null;
    const size = Number.parseInt(buffer.subarray(at, line).toString('latin1'), 16);
    const end = line + 2 + size + 2;
    if (buffer.length < end) return null;
    parts.push(buffer.subarray(line + 2, line + 2 + size));
    at = end;
    if (size === 0) return { bytes: Buffer.concat(parts), taken: at };
  }
}
