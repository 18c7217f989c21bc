// A client that speaks bytes, for cases outside of a test's own clean-up.
import net, { type Socket } from 'node:net';
import { waitFor } from '../../helpers/proxy-wait.ts';

/** Longest wait for what must happen; a slow machine is no failure. */
const PATIENCE_MS = 20_000;

export type Ending = 'fin' | 'reset';

export class ByteClient {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #ended: Ending | null = null;
  #closedAt: number | null = null;

  constructor(port: number) {
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
    });
    this.socket.on('end', () => {
      this.#ended ??= 'fin';
    });
    this.socket.on('error', () => {
      this.#ended ??= 'reset';
    });
    this.socket.on('close', () => {
      this.#closedAt = performance.now();
    });
  }

  /** A text is latin1. */
  send(bytes: string | Buffer): this {
    if (typeof bytes === 'string') this.socket.write(bytes, 'latin1');
    else this.socket.write(bytes);
    return this;
  }

  async connected(): Promise<this> {
    if (this.socket.connecting) {
      await new Promise((resolve) => this.socket.once('connect', resolve).once('error', resolve));
    }
    return this;
  }

  get received(): number {
    return this.#size;
  }

  get ended(): Ending | null {
    return this.#ended;
  }

  get closedAt(): number | null {
    return this.#closedAt;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Latin1. */
  text(): string {
    return this.bytes().toString('latin1');
  }

  async untilText(wanted: string | RegExp): Promise<string> {
    const isThere = (text: string): boolean =>
      typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
    return await this.#until(`${wanted}`, () => {
      const text = this.text();
      return isThere(text) ? text : undefined;
    });
  }

  async untilEnded(): Promise<Ending> {
    return await this.#until('the end', () => this.#ended ?? undefined);
  }

  close(): void {
    this.socket.destroy();
  }

  async #until<T>(what: string, probe: () => T | undefined): Promise<T> {
    try {
      return await waitFor(probe, what, PATIENCE_MS);
    } catch (error) {
      throw new Error(`${error}; it had got: ${this.text().slice(0, 2000)}`);
    }
  }
}

export async function byteClient(port: number): Promise<ByteClient> {
  return await new ByteClient(port).connected();
}
