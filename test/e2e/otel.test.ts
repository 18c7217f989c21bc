// Spans of the built program as a real OTLP receiver on this machine gets them.
import { mkdirSync, writeFileSync } from 'node:fs';
import type http from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inTurn, sendTurn } from '../helpers/anthropic-provider.ts';
import {
  cleanEnv,
  type RunningServer,
  startServer,
  type TempHome,
  tempHome,
  until,
} from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

let home: TempHome;
let provider: ScriptedProvider;
let receiver: ScriptedProvider;
let server: RunningServer;

const tool = { id: 'toolu_1', name: 'Bash', input: { command: 'cat secret-name' } };

beforeEach(async () => {
  home = tempHome();
  const usage = { input_tokens: 100, cache_read_input_tokens: 900, output_tokens: 50 };
  provider = await startScriptedProvider(inTurn([{ tool, usage }, { status: 529 }]));
  receiver = await startScriptedProvider((_req: unknown, res: http.ServerResponse) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end('{}');
  });
});

afterEach(async () => {
  await server.stop();
  await Promise.all([provider.stop(), receiver.stop()]);
  home.remove();
});

async function start(otel: string): Promise<void> {
  mkdirSync(join(home.path, '.lunaroute'), { recursive: true, mode: 0o700 });
  const yaml = `providers: {anthropic: {base_url: "${provider.url}"}}\notel: ${otel}\n`;
  writeFileSync(join(home.path, '.lunaroute/config.yaml'), yaml);
  server = await startServer(cleanEnv(home.path));
}

async function twoTurns(): Promise<void> {
  const user = { role: 'user', content: 'my words' };
  await sendTurn(server.url, { messages: [user] });
  const call = { role: 'assistant', content: [{ type: 'tool_use', ...tool }] };
  const content = [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'no', is_error: true }];
  await sendTurn(server.url, { messages: [user, call, { role: 'user', content }] });
}

function spans(): Span[] {
  return receiver.requests.flatMap(({ body }) => {
    const { resourceSpans } = JSON.parse(body.toString());
    return resourceSpans.flatMap((one: { scopeSpans: { spans: Span[] }[] }) =>
      one.scopeSpans.flatMap((scope) => scope.spans),
    );
  });
}

function values(span: Span): Record<string, unknown> {
  return Object.fromEntries(
    span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
  );
}

it('one span an exchange, its tool call as a child, by the GenAI conventions and without content', async () => {
  await start(`{endpoint: "${receiver.url}", headers: {x-key: abc}}`);
  await twoTurns();
  await until('three spans', () => (spans().length === 3 ? true : undefined));
  expect(receiver.requests[0]?.url).toBe('/v1/traces');
  expect(receiver.requests[0]?.rawHeaders).toContain('abc');
  const [chat, run, failed] = [
    'chat claude-opus-5-5',
    'execute_tool Bash',
    'chat claude-opus-5-5',
  ].map((name, index) => spans().filter((span) => span.name === name)[index === 2 ? 1 : 0]);
  if (!chat || !run || !failed) throw new Error('a span is missing');
  expect(values(chat)).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.conversation.id': 'session-1',
    'gen_ai.request.model': 'claude-opus-5-5',
    'gen_ai.response.model': 'claude-opus-5-5',
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 50,
    'gen_ai.usage.cache_read.input_tokens': 900,
    'http.response.status_code': 200,
    'lunaroute.cost.usd': 0.00158,
    'lunaroute.cost.certainty': 'exact',
  });
  expect([run.traceId, run.parentSpanId]).toEqual([chat.traceId, chat.spanId]);
  expect(values(run)).toMatchObject({
    'gen_ai.tool.name': 'Bash',
    'gen_ai.tool.call.id': 'toolu_1',
  });
  expect(run.status.code).toBe(2);
  expect(BigInt(run.startTimeUnixNano) >= BigInt(chat.endTimeUnixNano)).toBe(true);
  expect(failed.status.code).toBe(2);
  expect(values(failed)).toMatchObject({
    'error.type': 'overloaded_error',
    'http.response.status_code': 529,
  });
  expect(JSON.stringify(spans())).not.toMatch(/my words|secret-name|hello/);
});

it('content when it is asked for; what waits is sent at the end', async () => {
  await start(`{endpoint: "${receiver.url}/", content: true}`);
  await twoTurns();
  await server.stop();
  const text = JSON.stringify(spans());
  for (const words of ['my words', 'secret-name', 'hello']) expect(text).toContain(words);
});

it('a receiver that is down disturbs nobody', async () => {
  await receiver.stop();
  await start(`{endpoint: "${receiver.url}"}`);
  await twoTurns();
  expect(await server.stop()).toBe(0);
  expect(server.output()).not.toMatch(/ECONNREFUSED|otlp|opentelemetry/i);
});
