/**
 * The same answer of each dialect as a stream and as JSON: thinking, text with multi-byte
 * characters, two tool calls, usage with cached and reasoning tokens. Shapes as the real providers'
 * SDKs declare them and as the fake provider of the client lab sends them.
 */
import type { Dialect, Part } from '../../src/core/conversation.ts';
import type { Usage } from '../../src/core/usage.ts';

export interface WireAnswer {
  readonly dialect: Dialect;
  readonly events: readonly (readonly [string, unknown])[];
  readonly json: unknown;
  readonly parts: readonly Part[];
  readonly usage: Usage;
}

const WORDS = 'Größe: 42 ✓ — 日本語 👩‍🚀 end';
const THOUGHT = 'Let me thïnk…';

function pieces(text: string, size: number): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
}

const PARTS: readonly Part[] = [
  { type: 'thinking', text: THOUGHT },
  { type: 'text', text: WORDS },
  { type: 'tool-call', id: 'call_1', name: 'Bash', arguments: '{"command":"ls -l","n":10}' },
  { type: 'tool-call', id: 'call_2', name: 'Now', arguments: '{}' },
];

const A_START_USAGE = {
  input_tokens: 12,
  cache_creation_input_tokens: 300,
  cache_read_input_tokens: 9000,
  cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
  output_tokens: 1,
  service_tier: 'standard',
};
const A_END_USAGE = {
  input_tokens: null,
  cache_creation_input_tokens: 300,
  cache_read_input_tokens: 9000,
  output_tokens: 77,
  output_tokens_details: { thinking_tokens: 30 },
};

function block(index: number, start: unknown, deltas: readonly unknown[]) {
  return [
    ['content_block_start', { type: 'content_block_start', index, content_block: start }],
    ...deltas.map(
      (delta) => ['content_block_delta', { type: 'content_block_delta', index, delta }] as const,
    ),
    ['content_block_stop', { type: 'content_block_stop', index }],
  ] as const;
}

const anthropic: WireAnswer = {
  dialect: 'anthropic-messages',
  events: [
    [
      'message_start',
      {
        type: 'message_start',
        message: {
          id: 'msg_1',
          type: 'message',
          model: 'claude-opus-5-5',
          content: [],
          stop_reason: null,
          usage: A_START_USAGE,
        },
      },
    ],
    ['ping', { type: 'ping' }],
    ...block(0, { type: 'thinking', thinking: '', signature: '' }, [
      ...pieces(THOUGHT, 4).map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: 'c2ln' },
    ]),
    ...block(
      1,
      { type: 'text', text: '' },
      pieces(WORDS, 5).map((text) => ({ type: 'text_delta', text })),
    ),
    ...block(
      2,
      { type: 'tool_use', id: 'call_1', name: 'Bash', input: {} },
      ['', '{"comma', 'nd": "ls -l",', ' "n": 10}'].map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      })),
    ),
    ...block(3, { type: 'tool_use', id: 'call_2', name: 'Now', input: {} }, [
      { type: 'input_json_delta', partial_json: '' },
    ]),
    [
      'message_delta',
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: A_END_USAGE,
      },
    ],
    ['message_stop', { type: 'message_stop' }],
  ],
  json: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-5-5',
    content: [
      { type: 'thinking', thinking: THOUGHT, signature: 'c2ln' },
      { type: 'text', text: WORDS },
      { type: 'tool_use', id: 'call_1', name: 'Bash', input: { command: 'ls -l', n: 10 } },
      { type: 'tool_use', id: 'call_2', name: 'Now', input: {} },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: {
      ...A_START_USAGE,
      output_tokens: 77,
      output_tokens_details: { thinking_tokens: 30 },
    },
  },
  parts: PARTS,
  // 12 + 9000 + 300: the wire's input_tokens leaves the cached ones out.
  usage: {
    input: 9312,
    cacheRead: 9000,
    cacheWrite5m: 100,
    cacheWrite1h: 200,
    output: 77,
    reasoning: 30,
  },
};

const C_USAGE = {
  prompt_tokens: 1500,
  completion_tokens: 42,
  total_tokens: 1542,
  prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 12, audio_tokens: 0 },
};

function chunk(delta: unknown, finish_reason: string | null = null) {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason }];
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-5' };
  return ['', { ...head, choices, usage: null }] as const;
}

function callPiece(index: number, args: string) {
  return chunk({ tool_calls: [{ index, function: { arguments: args } }] });
}

function callStart(index: number, id: string, name: string) {
  const call = { index, id, type: 'function', function: { name, arguments: '' } };
  return chunk({ tool_calls: [call] });
}

const chat: WireAnswer = {
  dialect: 'openai-chat',
  events: [
    chunk({ role: 'assistant', content: '' }),
    ...pieces(THOUGHT, 4).map((reasoning_content) => chunk({ reasoning_content })),
    ...pieces(WORDS, 5).map((content) => chunk({ content })),
    callStart(0, 'call_1', 'Bash'),
    ...pieces('{"command":"ls -l","n":10}', 7).map((args) => callPiece(0, args)),
    callStart(1, 'call_2', 'Now'),
    callPiece(1, '{}'),
    chunk({}, 'tool_calls'),
    ['', { id: 'chatcmpl-1', model: 'gpt-5', choices: [], usage: C_USAGE }],
    ['', '[DONE]'],
  ],
  json: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-5',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          refusal: null,
          reasoning_content: THOUGHT,
          content: WORDS,
          tool_calls: [
            {
              id: 'call_1',
              type: 'function',
              function: { name: 'Bash', arguments: '{"command":"ls -l","n":10}' },
            },
            { id: 'call_2', type: 'function', function: { name: 'Now', arguments: '{}' } },
          ],
        },
      },
    ],
    usage: C_USAGE,
  },
  parts: PARTS,
  usage: {
    input: 1500,
    cacheRead: 1024,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: 42,
    reasoning: 12,
  },
};

const R_USAGE = {
  input_tokens: 2000,
  input_tokens_details: { cached_tokens: 1500 },
  output_tokens: 55,
  output_tokens_details: { reasoning_tokens: 20 },
  total_tokens: 2055,
};
const R_ITEMS = [
  { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: THOUGHT }] },
  {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: WORDS, annotations: [] }],
  },
  {
    id: 'fc_1',
    type: 'function_call',
    call_id: 'call_1',
    name: 'Bash',
    arguments: '{"command":"ls -l","n":10}',
  },
  { id: 'fc_2', type: 'function_call', call_id: 'call_2', name: 'Now', arguments: '{}' },
];
const R_HEAD = { id: 'resp_1', object: 'response', model: 'gpt-6.1-sol', output: [], error: null };

/** An event named by its type, as the wire does it. */
export function named(type: string, rest: object): readonly [string, unknown] {
  return [type, { type, ...rest }];
}

function rItem(index: number, empty: object, inner: readonly (readonly [string, unknown])[]) {
  const item = R_ITEMS[index];
  return [
    named('response.output_item.added', { output_index: index, item: { ...item, ...empty } }),
    ...inner,
    named('response.output_item.done', { output_index: index, item }),
  ];
}

function rDeltas(type: string, text: string, place: object) {
  return pieces(text, 5).map((delta) => named(type, { ...place, delta }));
}

const responses: WireAnswer = {
  dialect: 'openai-responses',
  events: [
    named('response.created', { response: { ...R_HEAD, status: 'in_progress', usage: null } }),
    named('response.in_progress', { response: { ...R_HEAD, status: 'in_progress', usage: null } }),
    ...rItem(0, { summary: [] }, [
      ...rDeltas('response.reasoning_summary_text.delta', THOUGHT, {
        output_index: 0,
        summary_index: 0,
      }),
      named('response.reasoning_summary_text.done', {
        output_index: 0,
        summary_index: 0,
        text: THOUGHT,
      }),
    ]),
    ...rItem(1, { content: [] }, [
      ...rDeltas('response.output_text.delta', WORDS, { output_index: 1, content_index: 0 }),
      named('response.output_text.done', { output_index: 1, content_index: 0, text: WORDS }),
    ]),
    ...rItem(2, { arguments: '' }, [
      ...rDeltas('response.function_call_arguments.delta', '{"command":"ls -l","n":10}', {
        output_index: 2,
      }),
    ]),
    ...rItem(3, { arguments: '' }, [
      named('response.function_call_arguments.done', { output_index: 3, arguments: '{}' }),
    ]),
    named('response.completed', {
      response: { ...R_HEAD, status: 'completed', output: R_ITEMS, usage: R_USAGE },
    }),
  ],
  json: { ...R_HEAD, status: 'completed', output: R_ITEMS, usage: R_USAGE },
  parts: PARTS,
  usage: {
    input: 2000,
    cacheRead: 1500,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: 55,
    reasoning: 20,
  },
};

export const WIRE_ANSWERS: readonly WireAnswer[] = [anthropic, chat, responses];
export const ANSWER_WORDS = WORDS;
