import { afterEach, expect, test } from 'vitest';
import type { LiveSource, LiveUpdate } from '../../src/core/live-source.ts';
import { emptyLiveState } from '../../src/core/live-state.ts';
import { startUiServer, type UiServer } from '../../src/web/server/ui-server.ts';
import { freePort } from '../helpers/program.ts';

const FACTS = {
  version: '1',
  pid: 1,
  url: 'http://127.0.0.1:1',
  startedAt: 0,
  isRecording: true,
  exposure: null,
  uiUrl: null,
};
let servers: UiServer[] = [];
let tell: (update: LiveUpdate) => void = () => {};

const source: LiveSource = {
  facts: FACTS,
  state: emptyLiveState,
  subscribe: (listener) => {
    tell = listener;
    return () => {};
  },
};

afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

async function start(port = 0): Promise<UiServer> {
  const server = await startUiServer({
    host: '127.0.0.1',
    port,
    allowedHosts: [],
    token: 'secret',
    authToken: null,
    pageFolder: '/nowhere',
    records: {
      source: () => source,
      history: () => null,
      price: () => null,
      config: () => ({ file: null, dataDir: '', values: [] }),
      deleteSession: async () => {},
      setPinned: () => {},
    },
  });
  servers.push(server);
  return server;
}

test('streams a snapshot and then events, to who knows the token', async () => {
  const { port } = await start();
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/live`, {
    headers: { authorization: 'Bearer secret' },
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toContain('event: snapshot');
  tell({
    type: 'event',
    event: { seq: 1, type: 'response.started', exchangeId: 'e', status: 200, firstByteMs: 1 },
  });
  expect((await reader?.read())?.value).toContain('"response.started"');
  await reader?.cancel();
});

test.each([
  [401, { authorization: 'Bearer wrong!' }],
  [403, { authorization: 'Bearer secret', origin: 'https://evil.example' }],
  [403, { authorization: 'Bearer secret', 'sec-fetch-site': 'cross-site' }],
])('answers %i to %j', async (status, headers) => {
  const { port } = await start();
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/live`, { headers });
  expect(response.status).toBe(status);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});

test('takes another port when its own is taken', async () => {
  const port = await freePort();
  const first = await start(port);
  const second = await start(port);
  expect(first.port).toBe(port);
  expect(second.port).not.toBe(port);
});
