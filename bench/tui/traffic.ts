// A provider that streams slowly, and clients that keep a steady number of events a second going.
// Each delta carries the time it was sent: what a client sees later is the delay on the way.
import http from 'node:http';

export interface Provider {
  readonly url: string;
  stop(): void;
}

const DELTAS = 30;
const DELTA_EVERY_MS = 50;

export async function startProvider(): Promise<Provider> {
  const server = http.createServer((req, res) => {
    req.resume();
    req.on('end', () => void answer(res));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(res: http.ServerResponse): Promise<void> {
  const send = (type: string, data: object): void => {
    res.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  const usage = { input_tokens: 100, cache_read_input_tokens: 9000, output_tokens: 1 };
  const message = { id: `msg_${Math.random()}`, model: 'claude-opus-5-5', content: [], usage };
  send('message_start', { message });
  send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  for (let index = 0; index < DELTAS; index += 1) {
    const text = `word ${index} of the answer, sent at @${performance.now()}@ `;
    send('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
    await new Promise((resolve) => setTimeout(resolve, DELTA_EVERY_MS));
  }
  send('content_block_stop', { index: 0 });
  send('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 210 } });
  send('message_stop', {});
  res.end();
}

/** Starts an exchange every `everyMs` for `seconds`; the delays of all deltas in milliseconds. */
export async function runTraffic(url: string, everyMs: number, seconds: number): Promise<number[]> {
  const delays: number[] = [];
  const running: Promise<void>[] = [];
  const count = Math.round((seconds * 1000) / everyMs);
  for (let index = 0; index < count; index += 1) {
    running.push(exchange(url, index, delays));
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  await Promise.all(running);
  return delays;
}

function exchange(url: string, index: number, delays: number[]): Promise<void> {
  const body = JSON.stringify({
    model: 'claude-opus-5-5',
    max_tokens: 500,
    stream: true,
    messages: [{ role: 'user', content: `Please look into question ${index}` }],
  });
  return new Promise((resolve, reject) => {
    const asked = http.request(`${url}/v1/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
        'user-agent': 'claude-cli/2.1.0',
        'x-claude-code-session-id': `bench-session-${index % 7}`,
      },
    });
    asked.on('error', reject);
    asked.on('response', (response) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const now = performance.now();
        for (const match of text.matchAll(/@([\d.]+)@/g)) delays.push(now - Number(match[1]));
      });
      response.on('end', resolve);
      response.on('error', reject);
    });
    asked.end(body);
  });
}
