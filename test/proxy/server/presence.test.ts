import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connectionStates, Presence } from '../../../src/proxy/presence.ts';
import { rawClient } from '../../helpers/proxy-client.ts';
import { startProxy } from '../../helpers/proxy-harness.ts';
import { startRawUpstream } from '../../helpers/proxy-upstream.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';

const isLinux = process.platform === 'linux';
const MB = 1 << 20;

/** An upload that the provider does not take: the client's bytes stand in every buffer on the way. */
async function startStalledUpload() {
  let isStalled = true;
  const upstream = await startRawUpstream((socket) => {
    if (isStalled) socket.pause();
  });
  const goOn = (): void => {
    isStalled = false;
    for (const socket of upstream.sockets) socket.resume();
  };
  const proxy = await startProxy(upstream.port, { proxy: { maxBufferedBody: MB } });
  const client = rawClient(
    proxy.port,
    `POST /v1/responses HTTP/1.1\r\nHost: {host}\r\nContent-Length: ${64 * MB}\r\n\r\n`,
  );
  const block = Buffer.alloc(MB);
  for (let i = 0; i < 64; i += 1) client.socket.write(block);
  let last = -1;
  let since = Date.now();
  await waitFor(() => {
    if (client.socket.bytesWritten - client.socket.writableLength !== last) since = Date.now();
    last = client.socket.bytesWritten - client.socket.writableLength;
    return upstream.hits() === 1 && Date.now() - since > 300;
  }, 'the upload to stand still');
  return { ...proxy, upstream, client, goOn };
}

test.runIf(isLinux).each(['closes', 'resets'])(
  'a client that %s in an upload which is held back is noticed, and the provider cut off',
  async (way) => {
    const { client, upstream, recorder, goOn } = await startStalledUpload();
    if (way === 'closes') client.socket.destroy();
    else client.socket.resetAndDestroy();
    expect((await recorder.ended()).end).toEqual({ kind: 'client-gone' });
    goOn();
    await waitFor(() => upstream.sockets.size === 0, 'the provider’s connection to close', 20_000);
  },
);

test('a client that waits in an upload which is held back is left alone', async () => {
  const { client, upstream, recorder } = await startStalledUpload();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect([client.ended(), upstream.sockets.size, recorder.exchanges()[0]?.end]).toEqual([
    null,
    1,
    null,
  ]);
});

test('addresses of both families are understood', () => {
  const states = connectionStates([
    '  sl  local_address rem_address   st tx_queue\n   0: 0100007F:1F91 0100007F:C350 01 00000000',
    '   1: 0000000000000000FFFF00000100007F:1F92 0000000000000000FFFF00000100007F:C351 08 0000',
  ]);
  expect([...states]).toEqual([
    ['0100007F:1F91 0100007F:C350', '01'],
    ['0100007F:1F92 0100007F:C351', '08'],
  ]);
});

test.runIf(isLinux)('a connection that lives is found in the kernel’s list', async () => {
  const upstream = await startRawUpstream(() => undefined);
  const socket = connect(upstream.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  const states = connectionStates([readFileSync('/proc/self/net/tcp', 'latin1')]);
  const port = (socket.localPort ?? 0).toString(16).toUpperCase().padStart(4, '0');
  expect([...states].filter(([key]) => key.startsWith(`0100007F:${port} `))).toHaveLength(1);
  expect(await new Presence().departed([socket])).toEqual([]);
});
