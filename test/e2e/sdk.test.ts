// The official SDKs through the built program: what they give must be what they give without it.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExchangeDetail } from '../../src/core/ports.ts';
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider.ts';
import { openStore } from '../helpers/history.ts';
import { cleanEnv, type RunningServer, startServer, tempHome, until } from '../helpers/program.ts';

const home = tempHome();
let provider: FakeProvider;
let server: RunningServer;
let anthropic: Anthropic;
let openai: OpenAI;
let sessionCount = 0;
let session = '';

beforeAll(async () => {
  provider = await startFakeProvider(`${home.path}/provider.jsonl`);
  server = await startServer(
    cleanEnv(home.path, {
      LUNAROUTE_ANTHROPIC_BASE_URL: provider.url,
      LUNAROUTE_OPENAI_BASE_URL: provider.url,
    }),
  );
});

afterAll(async () => {
  await server?.stop();
  provider?.stop();
  home.remove();
});

/** Each test's exchanges carry a session id of their own. */
function newSession(): void {
  sessionCount += 1;
  session = `sdk-test-${sessionCount}`;
  const defaultHeaders = { 'x-session-id': session };
  anthropic = new Anthropic({
    baseURL: server.url,
    apiKey: 'sk-ant-lab',
    defaultHeaders,
    maxRetries: 0,
  });
  openai = new OpenAI({
    baseURL: `${server.url}/v1`,
    apiKey: 'sk-lab',
    defaultHeaders,
    maxRetries: 0,
  });
}

async function recorded(count: number): Promise<ExchangeDetail[]> {
  return until(`${count} recorded exchanges of ${session}`, () => {
    const store = openStore(home.path);
    try {
      const rows = store
        .exchanges(session, { limit: 50, offset: 0 })
        .filter((row) => row.end !== null);
      if (rows.length < count) return undefined;
      return rows.flatMap((row) => store.exchange(row.id) ?? []);
    } finally {
      store.close();
    }
  });
}

const textOf = (exchange: ExchangeDetail | undefined): string =>
  (exchange?.answer ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');

const WEATHER = {
  name: 'get_weather',
  description: 'w',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
};
const ANTHROPIC_USAGE = {
  input: 10_500,
  cacheRead: 9000,
  cacheWrite5m: 300,
  cacheWrite1h: 0,
  output: 77,
  reasoning: 0,
};
const CHAT_USAGE = {
  input: 1500,
  cacheRead: 1024,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 42,
  reasoning: 12,
};
const RESPONSES_USAGE = {
  input: 2000,
  cacheRead: 1500,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 55,
  reasoning: 20,
};

describe('anthropic messages', () => {
  it.each([false, true])('a tool loop, stream %s', async (stream) => {
    newSession();
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'weather in Paris?' }];
    const ask = async (): Promise<Anthropic.Message> => {
      const params = { model: 'claude-sonnet-4-5', max_tokens: 5000, tools: [WEATHER], messages };
      if (!stream) return anthropic.messages.create(params);
      return anthropic.messages
        .stream({ ...params, thinking: { type: 'enabled', budget_tokens: 1024 } })
        .finalMessage();
    };
    const first = await ask();
    const call = first.content.find((block) => block.type === 'tool_use');
    expect(call?.input).toEqual({ city: 'Paris' });
    messages.push({ role: 'assistant', content: first.content });
    messages.push({
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: call?.id ?? '', content: 'sunny 42', is_error: false },
      ],
    });
    const second = await ask();
    expect(second.usage.output_tokens).toBe(77);

    const [one, two] = await recorded(2);
    expect(one?.dialect).toBe('anthropic-messages');
    expect(one?.client).toBe('anthropic-sdk');
    expect(one?.stream).toBe(stream);
    expect(one?.end?.usage).toEqual(ANTHROPIC_USAGE);
    expect(one?.end?.stopReason).toBe('tool_use');
    expect(one?.toolCalls).toMatchObject([
      { id: call?.id, name: 'get_weather', isError: false, resultBytes: 8 },
    ]);
    expect(JSON.parse(one?.toolCalls[0]?.arguments ?? '')).toEqual({ city: 'Paris' });
    expect(one?.toolCalls[0]?.durationMs).toBeGreaterThanOrEqual(0);
    expect(one?.answer.some((part) => part.type === 'thinking')).toBe(stream);
    expect(textOf(two)).toContain('LAB-FINAL-OK tool said: sunny 42');
    expect(two?.end?.outcome).toBe('completed');
  });

  it('an abort in mid-stream keeps what had arrived', async () => {
    newSession();
    const stream = await anthropic.messages.create({
      model: 'claude-sonnet-4-5',
      max_tokens: 50,
      stream: true,
      messages: [{ role: 'user', content: 'x' }],
    });
    let events = 0;
    for await (const _event of stream) {
      events += 1;
      if (events === 4) break;
    }
    const [exchange] = await recorded(1);
    expect(exchange?.end?.outcome).toBe('aborted');
    expect(exchange?.end?.usage?.input).toBe(10_500);
    expect('LAB-FINAL-OK no tool'.startsWith(textOf(exchange))).toBe(true);
    expect(textOf(exchange).length).toBeGreaterThan(0);
  });

  it('count_tokens is recorded as a helper call without usage', async () => {
    newSession();
    await anthropic.messages.countTokens({
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
    });
    const [exchange] = await recorded(1);
    expect(exchange?.auxiliary).toBe('count-tokens');
    expect(exchange?.end?.usage).toBeNull();
  });

  it('a stream that the provider cuts ends with an error in the SDK, and is incomplete', async () => {
    newSession();
    await provider.setMode('cut');
    const params = {
      model: 'm',
      max_tokens: 50,
      messages: [{ role: 'user' as const, content: 'x' }],
    };
    await expect(anthropic.messages.stream(params).finalMessage()).rejects.toThrow();
    await provider.setMode('normal');
    const [exchange] = await recorded(1);
    expect(exchange?.end?.outcome).toBe('incomplete');
  });

  it('an error event inside a 200 stream is failed, not completed', async () => {
    newSession();
    await provider.setMode('sse-error');
    const params = {
      model: 'm',
      max_tokens: 50,
      messages: [{ role: 'user' as const, content: 'x' }],
    };
    await expect(anthropic.messages.stream(params).finalMessage()).rejects.toThrow(/Overloaded/);
    await provider.setMode('normal');
    const [exchange] = await recorded(1);
    expect(exchange?.end).toMatchObject({
      outcome: 'failed',
      errorCode: 'overloaded_error',
      status: 200,
    });
  });

  it.each([
    ['401', Anthropic.AuthenticationError, 401],
    ['429once', Anthropic.RateLimitError, 429],
    ['529once', Anthropic.APIError, 529],
  ] as const)(
    'mode %s arrives as the SDK knows it, with its headers',
    async (mode, kind, status) => {
      newSession();
      await provider.setMode(mode);
      const failure = await anthropic.messages
        .create({ model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'x' }] })
        .then(() => null)
        .catch((error: unknown) => error);
      await provider.setMode('normal');
      expect(failure).toBeInstanceOf(kind);
      const error = failure as InstanceType<typeof Anthropic.APIError>;
      expect(error.status).toBe(status);
      expect(error.headers?.get('request-id')).toMatch(/^req_/);
      if (status === 429) expect(error.headers?.get('retry-after')).toBe('1');
      const [exchange] = await recorded(1);
      expect(exchange?.end).toMatchObject({ outcome: 'failed', status });
      expect(exchange?.end?.errorCode).toMatch(/_error$/);
    },
  );
});

describe('openai chat completions', () => {
  const tools = [
    {
      type: 'function' as const,
      function: { name: 'get_weather', parameters: WEATHER.input_schema },
    },
  ];

  it('a tool loop without a stream', async () => {
    newSession();
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'weather?' }];
    const first = await openai.chat.completions.create({ model: 'gpt-5', messages, tools });
    const message = first.choices[0]?.message;
    const id = message?.tool_calls?.[0]?.id ?? '';
    if (message) messages.push(message);
    messages.push({ role: 'tool', tool_call_id: id, content: 'sunny 42' });
    await openai.chat.completions.create({ model: 'gpt-5', messages, tools });
    const [one, two] = await recorded(2);
    expect(one?.dialect).toBe('openai-chat');
    expect(one?.end?.usage).toEqual(CHAT_USAGE);
    expect(one?.toolCalls).toMatchObject([
      { id, name: 'get_weather', resultBytes: 8, isError: null },
    ]);
    expect(textOf(two)).toContain('sunny 42');
  });

  it.each([true, false])('a stream, include_usage %s', async (include) => {
    newSession();
    const stream = await openai.chat.completions.create({
      model: 'gpt-5',
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
      ...(include ? { stream_options: { include_usage: true } } : {}),
    });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
    const [exchange] = await recorded(1);
    expect(textOf(exchange)).toBe(text);
    expect(exchange?.end?.usage).toEqual(include ? CHAT_USAGE : null);
    expect(exchange?.end?.outcome).toBe('completed');
  });
});

describe('openai responses', () => {
  it('a tool loop without a stream', async () => {
    newSession();
    const tools = [
      {
        type: 'function' as const,
        name: 'get_weather',
        parameters: WEATHER.input_schema,
        strict: false,
      },
    ];
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: 'weather?' }];
    const first = await openai.responses.create({ model: 'gpt-5', input, tools });
    const call = first.output.find((item) => item.type === 'function_call');
    for (const item of first.output) input.push(item as OpenAI.Responses.ResponseInputItem);
    input.push({ type: 'function_call_output', call_id: call?.call_id ?? '', output: 'sunny 42' });
    await openai.responses.create({ model: 'gpt-5', input, tools });
    const [one, two] = await recorded(2);
    expect(one?.dialect).toBe('openai-responses');
    expect(one?.end?.usage).toEqual(RESPONSES_USAGE);
    expect(one?.toolCalls).toMatchObject([
      { id: call?.call_id, name: 'get_weather', resultBytes: 8 },
    ]);
    expect(textOf(two)).toContain('sunny 42');
  });

  it('a stream with reasoning', async () => {
    newSession();
    const stream = openai.responses.stream({
      model: 'gpt-5',
      input: 'x',
      reasoning: { effort: 'low' },
    });
    const final = await stream.finalResponse();
    const [exchange] = await recorded(1);
    expect(textOf(exchange)).toBe(final.output_text);
    expect(exchange?.answer[0]).toEqual({ type: 'thinking', text: 'Thinking about the lab.' });
    expect(exchange?.end?.usage).toEqual(RESPONSES_USAGE);
    expect(exchange?.client).toBe('openai-sdk');
  });

  it('a provider error keeps its shape', async () => {
    newSession();
    await expect(openai.embeddings.create({ model: 'x', input: 'y' })).rejects.toMatchObject({
      status: 404,
    });
  });
});
