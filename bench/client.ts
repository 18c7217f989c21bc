// A raw HTTP/1.1 client on one keep-alive socket: it adds as little of its own as possible.
import net from 'node:net';

export interface Sample {
  /** Milliseconds from writing the request to the first byte of the answer. */
  readonly ttfb: number;
  /** Milliseconds from the provider's send to our receipt, per SSE event. */
  readonly delays: readonly number[];
}

function isDone(tail: string, sse: boolean): boolean {
  return sse ? tail.includes('message_stop') && tail.endsWith('0\r\n\r\n') : tail.endsWith('}}');
}

function delaysOf(chunk: string, now: bigint): number[] {
  return [...chunk.matchAll(/"sent":"(\d+)"/g)].map((m) => Number(now - BigInt(m[1] ?? 0)) / 1e6);
}

export class BenchClient {
  readonly #socket: net.Socket;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
  }

  static connect(port: number): Promise<BenchClient> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('connect', () => resolve(new BenchClient(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends one request; `sse` like `200x5` asks for 200 events 5 ms apart. */
  send(body: Buffer, sse: string | null = null, session = 'bench'): Promise<Sample> {
    const head =
      'POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
      'anthropic-version: 2023-06-01\r\nx-api-key: sk-ant-bench\r\n' +
      `x-claude-code-session-id: ${session}\r\n${sse ? `x-bench-sse: ${sse}\r\n` : ''}` +
      `Content-Length: ${body.length}\r\n\r\n`;
    return new Promise((resolve, reject) => {
      const started = process.hrtime.bigint();
      let first: bigint | null = null;
      let tail = '';
      const delays: number[] = [];
      const onData = (data: Buffer): void => {
        const now = process.hrtime.bigint();
        first ??= now;
        const text = data.toString('latin1');
        if (sse) delays.push(...delaysOf(text, now));
        tail = (tail + text).slice(-200);
        if (!isDone(tail, sse !== null)) return;
        this.#socket.off('data', onData).off('error', reject);
        resolve({ ttfb: Number(first - started) / 1e6, delays });
      };
      this.#socket.on('data', onData).once('error', reject);
      this.#socket.write(Buffer.concat([Buffer.from(head), body]));
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
