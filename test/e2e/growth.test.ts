// An agent re-sends its whole history with every request: 40 MB in 100 requests must leave little.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { growingRequests } from '../helpers/growing-requests.ts';
import { openStore } from '../helpers/history.ts';
import { cleanEnv, startServer, tempHome } from '../helpers/program.ts';
import { sha256, startScriptedProvider } from '../helpers/scripted-provider.ts';

const MAX_BYTES_ON_DISK = 2.5e6;
const home = tempHome();
afterAll(() => home.remove());

function bytesUnder(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}

it('100 growing requests of 40 MB leave at most 2.5 MB, and come back byte for byte', async () => {
  const provider = await startScriptedProvider((_req, res) => {
    res.setHeader('content-type', 'application/json');
    res.end(
      '{"type":"message","role":"assistant","content":[{"type":"text","text":"ok"}],"usage":{"input_tokens":1,"output_tokens":1}}',
    );
  });
  const server = await startServer(
    cleanEnv(home.path, { LUNAROUTE_ANTHROPIC_BASE_URL: provider.url }),
  );
  const bodies = [...growingRequests(100)];
  const total = bodies.reduce((sum, body) => sum + body.length, 0);
  for (const body of bodies) {
    const res = await fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-session-id': 'growing', 'x-api-key': 'sk-ant-x' },
      body,
    });
    await res.arrayBuffer();
  }
  await server.stop();
  await provider.stop();

  expect(bodies).toHaveLength(100);
  expect(total).toBeGreaterThan(39e6);
  const store = openStore(home.path);
  const rows = store.exchanges('growing', { limit: 200, offset: 0 });
  const back = rows.map((row) => sha256(store.rawBody(row.id, 'request') ?? Buffer.alloc(0)));
  store.close();
  expect(back).toEqual(bodies.map((body) => sha256(body)));
  const onDisk = bytesUnder(join(home.path, '.lunaroute'));
  console.log(`${(total / 1e6).toFixed(1)} MB sent, ${(onDisk / 1e6).toFixed(2)} MB on disk`);
  expect(onDisk).toBeLessThanOrEqual(MAX_BYTES_ON_DISK);
});
