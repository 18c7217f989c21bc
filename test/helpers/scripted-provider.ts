// A provider whose every answer the test scripts: it keeps the exact bytes of each request.
import { createHash } from 'node:crypto';
import http from 'node:http';

interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface ScriptedProvider {
  readonly url: string;
  readonly requests: SeenRequest[];
  stop(): Promise<void>;
}

type Script = (req: SeenRequest, res: http.ServerResponse) => void | Promise<void>;

export async function startScriptedProvider(script: Script): Promise<ScriptedProvider> {
  const requests: SeenRequest[] = [];
  const server = http.createServer({ maxHeaderSize: 65_536 }, (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const seen: SeenRequest = {
        method: req.method ?? '',
        url: req.url ?? '',
        rawHeaders: req.rawHeaders,
        body: Buffer.concat(chunks),
      };
      requests.push(seen);
      void script(seen, res);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
