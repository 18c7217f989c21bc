// One turn of an agent loop in each dialect, with given words in every place where words can stand.
export interface Words {
  readonly system: string;
  readonly prompt: string;
  readonly toolInput: string;
  readonly toolResult: string;
  readonly earlierThinking: string;
  readonly thinking: string;
  readonly text: string;
  readonly callArguments: string;
}

export interface Turn {
  readonly path: string;
  readonly request: unknown;
  /** The answer's events, one SSE event each; every text in pieces of `size` characters. */
  readonly events: readonly (readonly [event: string, data: unknown])[];
}

export const TURNS: Record<string, (words: Words, size: number) => Turn> = {
  anthropic: anthropicTurn,
  chat: chatTurn,
  responses: responsesTurn,
};

export function sseText(events: Turn['events']): string {
  return events
    .map(
      ([event, data]) =>
        `${event === '' ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`,
    )
    .join('');
}

function pieces(text: string, size: number): string[] {
  return text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
}

function anthropicTurn(words: Words, size: number): Turn {
  const block = (index: number, start: object, deltas: object[]): [string, unknown][] => [
    ['content_block_start', { type: 'content_block_start', index, content_block: start }],
    ...deltas.map((delta): [string, unknown] => [
      'content_block_delta',
      { type: 'content_block_delta', index, delta },
    ]),
    ['content_block_stop', { type: 'content_block_stop', index }],
  ];
  const args = JSON.stringify({ command: words.callArguments });
  return {
    path: '/v1/messages',
    request: {
      model: 'claude-opus-5-5',
      max_tokens: 100,
      stream: true,
      system: [{ type: 'text', text: words.system }],
      messages: [
        { role: 'user', content: words.prompt },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: words.earlierThinking, signature: 'c2ln' },
            {
              type: 'tool_use',
              id: 'toolu_01A',
              name: 'Bash',
              input: { command: words.toolInput },
            },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'toolu_01A', content: words.toolResult }],
        },
      ],
    },
    events: [
      [
        'message_start',
        {
          type: 'message_start',
          message: {
            id: 'msg_01',
            type: 'message',
            role: 'assistant',
            model: 'claude-opus-5-5',
            content: [],
            usage: { input_tokens: 10, output_tokens: 1 },
          },
        },
      ],
      ...block(
        0,
        { type: 'thinking', thinking: '' },
        pieces(words.thinking, size).map((thinking) => ({ type: 'thinking_delta', thinking })),
      ),
      ...block(
        1,
        { type: 'text', text: '' },
        pieces(words.text, size).map((text) => ({ type: 'text_delta', text })),
      ),
      ...block(
        2,
        { type: 'tool_use', id: 'toolu_02', name: 'Bash', input: {} },
        pieces(args, size).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      ),
      [
        'message_delta',
        { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 7 } },
      ],
      ['message_stop', { type: 'message_stop' }],
    ],
  };
}

function chatTurn(words: Words, size: number): Turn {
  const chunk = (delta: object, finish: string | null = null): [string, unknown] => [
    '',
    {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      model: 'gpt-5.5',
      choices: [{ index: 0, delta, finish_reason: finish }],
    },
  ];
  const args = JSON.stringify({ command: words.callArguments });
  return {
    path: '/v1/chat/completions',
    request: {
      model: 'gpt-5.5',
      stream: true,
      messages: [
        { role: 'system', content: words.system },
        { role: 'user', content: [{ type: 'text', text: words.prompt }] },
        {
          role: 'assistant',
          content: words.earlierThinking,
          tool_calls: [
            {
              id: 'call_1',
              type: 'function',
              function: { name: 'bash', arguments: JSON.stringify({ command: words.toolInput }) },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: words.toolResult },
      ],
    },
    events: [
      chunk({ role: 'assistant', content: '' }),
      ...pieces(words.thinking, size).map((reasoning_content) => chunk({ reasoning_content })),
      ...pieces(words.text, size).map((content) => chunk({ content })),
      chunk({
        tool_calls: [
          { index: 0, id: 'call_2', type: 'function', function: { name: 'bash', arguments: '' } },
        ],
      }),
      ...pieces(args, size).map((part) =>
        chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] }),
      ),
      chunk({}, 'tool_calls'),
    ],
  };
}

function responsesTurn(words: Words, size: number): Turn {
  const args = JSON.stringify({ command: words.callArguments });
  const items = [
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: words.thinking }] },
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      content: [{ type: 'output_text', text: words.text }],
    },
    { type: 'function_call', id: 'fc_1', call_id: 'call_3', name: 'shell', arguments: args },
  ];
  const event = (type: string, rest: object): [string, unknown] => [type, { type, ...rest }];
  return {
    path: '/v1/responses',
    request: {
      model: 'gpt-5-codex',
      stream: true,
      instructions: words.system,
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: words.prompt }] },
        { type: 'reasoning', summary: [{ type: 'summary_text', text: words.earlierThinking }] },
        {
          type: 'function_call',
          call_id: 'call_1',
          name: 'shell',
          arguments: JSON.stringify({ command: words.toolInput }),
        },
        { type: 'function_call_output', call_id: 'call_1', output: words.toolResult },
      ],
    },
    events: [
      event('response.created', {
        response: { id: 'resp_1', status: 'in_progress', model: 'gpt-5-codex' },
      }),
      event('response.output_item.added', {
        output_index: 0,
        item: { type: 'reasoning', id: 'rs_1', summary: [] },
      }),
      ...pieces(words.thinking, size).map((delta) =>
        event('response.reasoning_summary_text.delta', {
          item_id: 'rs_1',
          output_index: 0,
          summary_index: 0,
          delta,
        }),
      ),
      event('response.reasoning_summary_text.done', {
        item_id: 'rs_1',
        output_index: 0,
        summary_index: 0,
        text: words.thinking,
      }),
      event('response.output_item.done', { output_index: 0, item: items[0] }),
      event('response.output_item.added', {
        output_index: 1,
        item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
      }),
      ...pieces(words.text, size).map((delta) =>
        event('response.output_text.delta', {
          item_id: 'msg_1',
          output_index: 1,
          content_index: 0,
          delta,
          obfuscation: 'x7Yz',
        }),
      ),
      event('response.output_text.done', {
        item_id: 'msg_1',
        output_index: 1,
        content_index: 0,
        text: words.text,
      }),
      event('response.output_item.done', { output_index: 1, item: items[1] }),
      event('response.output_item.added', {
        output_index: 2,
        item: { ...items[2], arguments: '' },
      }),
      ...pieces(args, size).map((delta) =>
        event('response.function_call_arguments.delta', {
          item_id: 'fc_1',
          output_index: 2,
          delta,
        }),
      ),
      event('response.function_call_arguments.done', {
        item_id: 'fc_1',
        output_index: 2,
        arguments: args,
      }),
      event('response.output_item.done', { output_index: 2, item: items[2] }),
      event('response.completed', {
        response: {
          id: 'resp_1',
          status: 'completed',
          model: 'gpt-5-codex',
          output: items,
          usage: { input_tokens: 9, output_tokens: 4, total_tokens: 13 },
        },
      }),
    ],
  };
}
