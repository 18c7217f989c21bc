// Real wire shapes of every dialect with numbers worked out by hand: tokens, details, cost, limits.
import { describe, expect, it } from 'vitest';
import type { ExchangeEnd } from '../../../src/core/exchange.ts';
import { makePricer } from '../../../src/prices/pricer.ts';
import { PriceTable } from '../../../src/prices/table.ts';
import { AT, type ExchangeScript, makeRecorder, SSE_HEADERS } from '../../helpers/recorder-tap.ts';

const price = makePricer(new PriceTable([], null));

async function endOf(script: ExchangeScript): Promise<ExchangeEnd> {
  return (await makeRecorder({ price }).run(script)).end;
}

const sse = (...events: object[]): string[] =>
  events.map((data) => `data: ${JSON.stringify(data)}\n\n`);
const ask = (model: string, rest: object = {}) => ({
  model,
  stream: true,
  messages: [{ role: 'user', content: 'hello there' }],
  ...rest,
});

function anthropic(model: string, usage: object, content: object[] = []): ExchangeScript {
  return {
    request: ask(model),
    response: [
      JSON.stringify({
        id: 'm',
        type: 'message',
        role: 'assistant',
        model,
        content,
        stop_reason: 'end_turn',
        usage,
      }),
    ],
  };
}

function responses(model: string, usage: object | null, rest: object = {}): ExchangeScript {
  return {
    dialect: 'openai-responses',
    target: '/v1/responses',
    request: { model, stream: true, input: 'hello there' },
    responseHeaders: SSE_HEADERS,
    response: sse(
      { type: 'response.created', response: { id: 'r', model, status: 'in_progress' } },
      {
        type: 'response.completed',
        response: { id: 'r', model, status: 'completed', output: [], usage, ...rest },
      },
    ),
  };
}

describe('Anthropic', () => {
  it('cached: 100 + 9000 read + 300 written 5 m + 200 written 1 h, 77 out', async () => {
    const end = await endOf(
      anthropic('claude-opus-5-5', {
        input_tokens: 100,
        cache_read_input_tokens: 9000,
        cache_creation_input_tokens: 500,
        cache_creation: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 200 },
        output_tokens: 77,
        service_tier: 'standard',
      }),
    );
    expect(end.usage).toEqual({
      input: 9600,
      cacheRead: 9000,
      cacheWrite5m: 300,
      cacheWrite1h: 200,
      output: 77,
      reasoning: 0,
    });
    // 100 × 4 + 9000 × 0.2 + 300 × 5 + 200 × 8 + 77 × 20 = 400 + 1800 + 1500 + 1600 + 1540 µ$
    expect(end.cost).toEqual({
      nanoUsd: 6_840_000,
      certainty: 'exact',
      priceVersion: 'genai-prices 0.1.8',
    });
  });

  it('a batch costs half, a web search a cent', async () => {
    const usage = {
      input_tokens: 1000,
      output_tokens: 100,
      service_tier: 'batch',
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 2 },
    };
    const end = await endOf(anthropic('claude-opus-5-5', usage));
    expect(end.details).toMatchObject({ webSearches: 1, webFetches: 2, serviceTier: 'batch' });
    // (1000 × 4 + 100 × 20 µ$ + 10,000 µ$) / 2
    expect(end.cost).toMatchObject({ nanoUsd: 8_000_000, certainty: 'exact' });
  });

  it('compaction and advice come on top, each at its own model; the total stays the provider’s', async () => {
    const usage = {
      input_tokens: 1000,
      output_tokens: 10,
      iterations: [
        { type: 'message', input_tokens: 1000, output_tokens: 10, model: 'claude-sonnet-5' },
        { type: 'compaction', input_tokens: 2000, output_tokens: 300 },
        { type: 'advisor_message', input_tokens: 500, output_tokens: 50, model: 'claude-opus-5-5' },
      ],
    };
    const end = await endOf(anthropic('claude-sonnet-5', usage));
    expect(end.usage).toMatchObject({ input: 1000, output: 10 });
    expect(end.details.iterations).toHaveLength(3);
    // sonnet 5: (3000 × 2 + 310 × 10) µ$; opus 5.5: (500 × 4 + 50 × 20) µ$
    expect(end.cost).toMatchObject({ nanoUsd: 12_100_000, certainty: 'exact' });
  });

  it('fast mode and code execution have no price in the table: estimated', async () => {
    const fast = await endOf(
      anthropic('claude-opus-5-5', { input_tokens: 1, output_tokens: 1, speed: 'fast' }),
    );
    expect(fast.details.surcharge).toBe('speed fast');
    expect(fast.cost?.certainty).toBe('estimated');
    const code = await endOf(
      anthropic('claude-opus-5-5', { input_tokens: 1, output_tokens: 1 }, [
        { type: 'server_tool_use', id: 's', name: 'bash_code_execution', input: {} },
      ]),
    );
    expect(code.details.codeExecutions).toBe(1);
    expect(code.cost?.certainty).toBe('estimated');
  });

  it('a family member is estimated, a subscription too, a stranger unknown', async () => {
    const usage = { input_tokens: 1000, output_tokens: 100 };
    expect((await endOf(anthropic('claude-opus-5-5-20260901', usage))).cost?.certainty).toBe(
      'exact',
    );
    expect((await endOf(anthropic('claude-opus-5-5-turbo', usage))).cost).toMatchObject({
      nanoUsd: 6_000_000,
      certainty: 'estimated',
    });
    expect((await endOf(anthropic('claude-nova-9', usage))).cost).toBeNull();
    const login = {
      ...anthropic('claude-opus-5-5', usage),
      headers: ['authorization', 'Bearer sk-ant-oat01-abcdefghijkl'],
    };
    expect((await endOf(login)).cost?.certainty).toBe('estimated');
  });

  it('an aborted stream keeps what was counted, as an estimate', async () => {
    const end = await endOf({
      request: ask('claude-opus-5-5'),
      responseHeaders: SSE_HEADERS,
      response: sse({
        type: 'message_start',
        message: {
          id: 'm',
          model: 'claude-opus-5-5',
          usage: { input_tokens: 50, output_tokens: 1 },
        },
      }),
      cause: { kind: 'client-gone' },
    });
    expect([end.outcome, end.usage?.input, end.estimate]).toEqual(['aborted', 50, null]);
    expect(end.cost).toMatchObject({ nanoUsd: 220_000, certainty: 'estimated' });
  });

  it('an error answer spends nothing', async () => {
    const end = await endOf({
      request: ask('claude-opus-5-5'),
      status: 529,
      response: ['{"type":"error","error":{"type":"overloaded_error","message":"x"}}'],
    });
    expect([end.usage, end.cost, end.estimate]).toEqual([null, null, null]);
  });

  it('limits: counted, unified and their resets', async () => {
    const end = await endOf({
      ...anthropic('claude-opus-5-5', { input_tokens: 1, output_tokens: 1 }),
      headers: ['x-api-key', 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz'],
      responseHeaders: [
        'content-type',
        'application/json',
        'anthropic-ratelimit-input-tokens-limit',
        '1000',
        'anthropic-ratelimit-input-tokens-remaining',
        '250',
        'anthropic-ratelimit-input-tokens-reset',
        '2026-11-24T12:01:00Z',
        'anthropic-ratelimit-unified-5h-utilization',
        '0.42',
        'anthropic-ratelimit-unified-5h-reset',
        String(AT / 1000 + 3600),
        'anthropic-ratelimit-unified-5h-status',
        'allowed_warning',
      ],
    });
    expect(end.rateLimits).toEqual({
      account: 'sk-ant-api03-…wxyz',
      provider: 'anthropic',
      seenAt: end.endedAt,
      limits: [
        {
          name: 'input-tokens',
          limit: 1000,
          remaining: 250,
          usedShare: 0.75,
          resetsAt: AT + 60_000,
          status: null,
        },
        {
          name: '5h',
          limit: null,
          remaining: null,
          usedShare: 0.42,
          resetsAt: AT + 3_600_000,
          status: 'allowed_warning',
        },
      ],
    });
  });
});

describe('OpenAI', () => {
  it('Responses: 2000 in of which 1500 cached, 110 out of which 40 reasoning, flex at half price', async () => {
    const usage = {
      input_tokens: 2000,
      input_tokens_details: { cached_tokens: 1500 },
      output_tokens: 110,
      output_tokens_details: { reasoning_tokens: 40 },
      total_tokens: 2110,
    };
    const plain = await endOf(responses('gpt-5.5', usage));
    expect(plain.usage).toEqual({
      input: 2000,
      cacheRead: 1500,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: 110,
      reasoning: 40,
    });
    // 500 × 5 + 1500 × 0.5 + 110 × 30 µ$
    expect(plain.cost).toMatchObject({ nanoUsd: 6_550_000, certainty: 'exact' });
    const flex = await endOf(responses('gpt-5.5', usage, { service_tier: 'flex' }));
    expect(flex.cost).toMatchObject({ nanoUsd: 3_275_000, certainty: 'exact' });
    const priority = await endOf(responses('gpt-5.5', usage, { service_tier: 'priority' }));
    expect(priority.cost).toMatchObject({ nanoUsd: 13_100_000, certainty: 'estimated' });
  });

  it('long context: from 272,000 tokens the whole request is dearer', async () => {
    const at = async (input: number) =>
      (await endOf(responses('gpt-5.5', { input_tokens: input, output_tokens: 0 }))).cost?.nanoUsd;
    expect(await at(271_999)).toBe(271_999 * 5000);
    expect(await at(272_000)).toBe(272_000 * 10_000);
  });

  it('Responses: a Codex frame tells the limits of a subscription', async () => {
    const script = responses('gpt-5.5', { input_tokens: 1, output_tokens: 1 });
    const frame = {
      type: 'codex.rate_limits',
      rate_limits: {
        primary: { used_percent: 12.5, window_minutes: 300, reset_after_seconds: 60 },
        secondary: { used_percent: 80, window_minutes: 10080, reset_at: AT / 1000 + 99 },
      },
    };
    const end = await endOf({
      ...script,
      headers: ['chatgpt-account-id', 'acct-123456789012'],
      response: [...sse(frame), ...(script.response ?? [])],
    });
    expect(
      end.rateLimits?.limits.map(({ name, usedShare, resetsAt }) => [name, usedShare, resetsAt]),
    ).toEqual([
      ['5h', 0.125, end.endedAt + 60_000],
      ['7d', 0.8, AT + 99_000],
    ]);
    expect(end.cost?.certainty).toBe('estimated');
  });

  it('Chat: audio is priced where the table has it, estimated where not', async () => {
    const chat = (model: string): ExchangeScript => ({
      dialect: 'openai-chat',
      target: '/v1/chat/completions',
      request: ask(model),
      response: [
        JSON.stringify({
          id: 'c',
          model,
          choices: [
            { index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' },
          ],
          usage: {
            prompt_tokens: 1000,
            completion_tokens: 200,
            prompt_tokens_details: { audio_tokens: 400 },
            completion_tokens_details: { audio_tokens: 150 },
          },
        }),
      ],
    });
    const audio = await endOf(chat('gpt-audio'));
    expect(audio.details).toMatchObject({ audioInput: 400, audioOutput: 150 });
    // 600 × 2.5 + 400 × 32 + 50 × 10 + 150 × 64 µ$
    expect(audio.cost).toMatchObject({ nanoUsd: 24_400_000, certainty: 'exact' });
    expect((await endOf(chat('gpt-5.5'))).cost?.certainty).toBe('estimated');
  });

  it('Chat: a stream without include_usage is unknown, with a guess kept apart', async () => {
    const request = ask('gpt-5.5');
    const end = await endOf({
      dialect: 'openai-chat',
      target: '/v1/chat/completions',
      request,
      responseHeaders: SSE_HEADERS,
      response: [
        ...sse({
          id: 'c',
          model: 'gpt-5.5',
          choices: [{ index: 0, delta: { content: 'twelve chars' }, finish_reason: 'stop' }],
        }),
        'data: [DONE]\n\n',
      ],
    });
    expect([end.usage, end.cost]).toEqual([null, null]);
    expect(end.estimate).toEqual({
      input: Math.ceil(JSON.stringify(request).length / 4),
      output: 3,
    });
  });

  it('x-ratelimit: resets are said as durations', async () => {
    const end = await endOf({
      ...responses('gpt-5.5', { input_tokens: 1, output_tokens: 1 }),
      headers: ['authorization', 'Bearer sk-proj-abcdefghijklmnop'],
      responseHeaders: [
        ...SSE_HEADERS,
        'x-ratelimit-limit-tokens',
        '30000',
        'x-ratelimit-remaining-tokens',
        '29000',
        'x-ratelimit-reset-tokens',
        '6m0s',
        'x-ratelimit-reset-requests',
        '120ms',
      ],
    });
    expect(end.rateLimits?.account).toBe('sk-proj-…mnop');
    expect(end.rateLimits?.limits).toMatchObject([
      { name: 'tokens', limit: 30_000, remaining: 29_000, resetsAt: end.endedAt + 360_000 },
      { name: 'requests', limit: null, resetsAt: end.endedAt + 120 },
    ]);
  });
});
