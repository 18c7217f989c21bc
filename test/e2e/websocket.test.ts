// The same exchange over WebSocket, SSE and as JSON, through the built program: one stored content.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import type { ExchangeDetail, ExchangeSummary } from '../../src/core/ports.ts';
import { exchangeIds, openStore } from '../helpers/history.ts';
import { cleanEnv, type RunningServer, startServer, tempHome, until } from '../helpers/program.ts';

const USAGE = {
  input_tokens: 2000,
  input_tokens_details: { cached_tokens: 1500 },
  output_tokens: 55,
  output_tokens_details: { reasoning_tokens: 20 },
};

function answer(id: string, isWarmUp: boolean): object[] {
  const call = {
    id: 'fc_1',
    type: 'function_call',
    status: 'completed',
    call_id: 'call_1',
    name: 'shell',
    arguments: '{"command":"ls"}',
  };
  const text = { type: 'output_text', text: 'Voilà: é 🌙', annotations: [] };
  const message = {
    id: 'msg_1',
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [text],
  };
  const head = { id, object: 'response', status: 'in_progress', model: 'gpt-test', output: [] };
  const output = isWarmUp ? [] : [message, call];
  return [
    { type: 'response.created', response: head },
    ...output.flatMap((item, output_index) => [
      { type: 'response.output_item.added', output_index, item },
      { type: 'response.output_item.done', output_index, item },
    ]),
    {
      type: 'response.completed',
      response: { ...head, status: 'completed', output, usage: USAGE },
    },
  ];
}

let stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

/** Speaks Responses in all three ways; over WebSocket `stop` cuts the answer after its first event. */
async function startProvider(): Promise<{ port: number; stopMidTurn: () => void }> {
  let isCutting = false;
  let answers = 0;
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    req.on('end', () => respond(body, res));
  });
  const respond = (body: string, res: ServerResponse): void => {
    const events = answer(`resp_${++answers}`, false);
    const isStream = JSON.parse(body).stream === true;
    res.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
    if (isStream) for (const event of events) res.write(`data: ${JSON.stringify(event)}\n\n`);
    const last = events.at(-1);
    res.end(isStream ? '' : JSON.stringify(last && 'response' in last ? last.response : null));
  };
  const sockets = new WebSocketServer({ server, perMessageDeflate: { threshold: 0 } });
  sockets.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const asked = JSON.parse(data.toString());
      if (asked.type !== 'response.create') return;
      // Some servers write their JSON over several lines.
      const events = answer(`resp_${++answers}`, asked.generate === false);
      for (const event of events) {
        socket.send(JSON.stringify(event, null, 2));
        if (!isCutting) continue;
        setTimeout(() => socket.terminate(), 50);
        return;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    stopMidTurn: () => {
      isCutting = true;
    },
  };
}

async function startAll() {
  const home = tempHome();
  stops.push(() => home.remove());
  const provider = await startProvider();
  const env = cleanEnv(home.path);
  mkdirSync(join(home.path, '.lunaroute'), { recursive: true });
  writeFileSync(
    join(home.path, '.lunaroute/config.yaml'),
    `providers: {openai: {base_url: "http://127.0.0.1:${provider.port}"}}\n`,
  );
  const server = await startServer(env);
  stops.push(() => server.stop());
  return { home: home.path, provider, server };
}

const QUESTION = {
  model: 'gpt-test',
  instructions: 'Be brief.',
  input: [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'List the files' }] },
  ],
  tools: [{ type: 'function', name: 'shell', parameters: {} }],
};

function open(server: RunningServer, session: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v1/responses`, {
    headers: {
      'session-id': session,
      'user-agent': 'codex_exec/0.169.0 (test)',
      authorization: 'Bearer k',
    },
    perMessageDeflate: { threshold: 0 },
  });
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.once('open', () => resolve(socket)));
}

function ask(socket: WebSocket, message: object): Promise<string> {
  socket.send(JSON.stringify({ type: 'response.create', ...message }));
  return new Promise((resolve) => {
    const onMessage = (data: Buffer): void => {
      const { type, response } = JSON.parse(data.toString());
      if (type !== 'response.completed') return;
      socket.off('message', onMessage);
      resolve(response.id);
    };
    socket.on('message', onMessage);
  });
}

async function post(server: RunningServer, session: string, body: object): Promise<void> {
  const response = await fetch(`${server.url}/v1/responses`, {
    method: 'POST',
    headers: {
      'session-id': session,
      'content-type': 'application/json',
      authorization: 'Bearer k',
    },
    body: JSON.stringify(body),
  });
  await response.text();
}

async function endedExchanges(
  home: string,
  session: string,
  count: number,
): Promise<ExchangeSummary[]> {
  return await until(`${count} exchanges of ${session}`, () => {
    const history = openStore(home);
    try {
      const exchanges = history.exchanges(session, { limit: 100, offset: 0 });
      const isThere = exchanges.length >= count && exchanges.every(({ end }) => end !== null);
      return isThere ? exchanges : undefined;
    } finally {
      history.close();
    }
  });
}

function detail(home: string, id: string): ExchangeDetail {
  const history = openStore(home);
  try {
    const found = history.exchange(id);
    if (found === null) throw new Error('no such exchange');
    return found;
  } finally {
    history.close();
  }
}

/** What must not depend on the way an exchange came. */
function content(exchange: ExchangeDetail): unknown {
  const { end } = exchange;
  return {
    model: exchange.model,
    messages: exchange.messages,
    answer: exchange.answer,
    calls: exchange.toolCalls.map(({ id, name, arguments: args }) => ({ id, name, args })),
    prompt: exchange.promptPreview,
    outcome: end?.outcome,
    usage: end?.usage,
    providerUsage: end?.providerUsage,
    stopReason: end?.stopReason,
    modelUsed: end?.modelUsed,
    dialect: exchange.dialect,
  };
}

test('the same exchange over WebSocket, SSE and as JSON is stored alike', async () => {
  const { home, server } = await startAll();
  const socket = await open(server, 'by-websocket');
  await ask(socket, QUESTION);
  socket.close();
  await post(server, 'by-sse', { ...QUESTION, stream: true });
  await post(server, 'by-json', QUESTION);
  const stored: unknown[] = [];
  for (const session of ['by-websocket', 'by-sse', 'by-json']) {
    const [exchange] = await endedExchanges(home, session, 1);
    stored.push(content(detail(home, exchange?.id ?? '')));
  }
  expect(stored[0]).toMatchObject({
    prompt: 'List the files',
    usage: { input: 2000, cacheRead: 1500, output: 55, reasoning: 20 },
    outcome: 'completed',
  });
  expect(stored[1]).toEqual(stored[0]);
  expect(stored[2]).toEqual(stored[0]);
});

test('turns of one connection: a warm-up, a chain shown whole, a cut, one session', async () => {
  const { home, server, provider } = await startAll();
  const socket = await open(server, 'chained');
  const warm = await ask(socket, { model: 'gpt-test', generate: false, input: [] });
  const first = await ask(socket, { ...QUESTION, previous_response_id: warm });
  const result = { type: 'function_call_output', call_id: 'call_1', output: 'a.txt' };
  await ask(socket, { model: 'gpt-test', previous_response_id: first, input: [result] });
  provider.stopMidTurn();
  socket.send(JSON.stringify({ type: 'response.create', ...QUESTION }));
  await new Promise((resolve) => socket.once('close', resolve));
  const exchanges = await endedExchanges(home, 'chained', 4);
  expect(
    exchanges.map(({ auxiliary, transport, end }) => [auxiliary, transport, end?.outcome]),
  ).toEqual([
    ['warm-up', 'websocket', 'completed'],
    [null, 'websocket', 'completed'],
    [null, 'websocket', 'completed'],
    [null, 'websocket', 'incomplete'],
  ]);
  const third = detail(home, exchanges[2]?.id ?? '');
  expect(third.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
  expect(exchanges[1]?.toolCalls[0]).toMatchObject({ name: 'shell', resultBytes: 5 });
  const history = openStore(home);
  expect(history.session('chained')).toMatchObject({
    requests: 3,
    client: 'codex',
    usage: { input: 6000 },
  });
  const turns = history.exchanges('chained', { limit: 9, offset: 0, isWithoutAuxiliary: true });
  expect(turns.map(({ id }) => id)).toEqual(exchanges.slice(1).map(({ id }) => id));
  // Nothing was said outside of the turns, so the connection itself leaves no record.
  expect(exchangeIds(home)).toHaveLength(4);
  history.close();
});

test('messages that belong to no turn are kept, raw, outside of the conversation', async () => {
  const { home, server } = await startAll();
  const socket = await open(server, 'stray');
  socket.send(JSON.stringify({ type: 'something.new', note: 'kept' }));
  await ask(socket, QUESTION);
  socket.close();
  await endedExchanges(home, 'stray', 1);
  const [stray] = await endedExchanges(home, 'other', 1);
  expect(stray).toMatchObject({ client: 'codex', transport: 'websocket', dialect: null });
  const history = openStore(home);
  const raw = history.rawBody(stray?.id ?? '', 'request');
  expect(Buffer.from(raw ?? []).toString()).toBe('{"type":"something.new","note":"kept"}\n');
  history.close();
});
