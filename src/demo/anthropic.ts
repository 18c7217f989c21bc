/** A demo session in Anthropic's Messages API: the agent's requests and the provider's events. Pure. */
import {
  type Call,
  type Position,
  pieces,
  type Spoken,
  spokenBefore,
  systemAt,
} from './session.ts';

export function anthropicRequest(position: Position): object {
  const { session } = position;
  const messages = spokenBefore(position).flatMap((answer) => [
    { role: 'assistant', content: blocksOf(answer) },
    { role: 'user', content: answer.calls.map(resultBlock) },
  ]);
  return {
    model: session.model,
    max_tokens: 32_000,
    stream: true,
    thinking: { type: 'adaptive' },
    system: [{ type: 'text', text: systemAt(position), cache_control: { type: 'ephemeral' } }],
    tools: session.tools.map((name) => ({
      name,
      description: `The tool ${name}.`,
      input_schema: { type: 'object' },
    })),
    metadata: { user_id: JSON.stringify({ session_id: session.id }) },
    messages: [{ role: 'user', content: [{ type: 'text', text: session.prompt }] }, ...messages],
  };
}

function resultBlock({ id, result, isError = false }: Call): object {
  return { type: 'tool_result', tool_use_id: id, content: result, is_error: isError };
}

function blocksOf({ thinking, text, calls }: Spoken): object[] {
  return [
    ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: 'ZGVtbw==' }]),
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...calls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
  ];
}

type WireEvent = Readonly<Record<string, unknown>> & { readonly type: string };

/** The answer's events as SSE text, one piece an event. */
export function anthropicEvents({ session, index }: Position, answer: Spoken): string[] {
  const { usage, calls } = answer;
  const counts = {
    input_tokens: usage.input - usage.cacheRead - usage.cacheWrite5m,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation_input_tokens: usage.cacheWrite5m,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5m,
      ephemeral_1h_input_tokens: 0,
    },
  };
  const message = {
    id: `msg_demo_${index}`,
    type: 'message',
    role: 'assistant',
    model: session.model,
    content: [],
    stop_reason: null,
    usage: { ...counts, output_tokens: 1 },
  };
  const stop = calls.length === 0 ? 'end_turn' : 'tool_use';
  return [
    { type: 'message_start', message },
    ...blocksOf(answer).flatMap(blockEvents),
    {
      type: 'message_delta',
      delta: { stop_reason: stop, stop_sequence: null },
      usage: { ...counts, output_tokens: usage.output },
    },
    { type: 'message_stop' },
  ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

function blockEvents(block: object, index: number): WireEvent[] {
  const { empty, deltas } = streamed(block);
  const start = { type: 'content_block_start', index, content_block: { ...block, ...empty } };
  return [
    start,
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

/** A block as it begins, and what then comes piece by piece. */
function streamed(block: object): { empty: object; deltas: object[] } {
  if ('thinking' in block) {
    const text = pieces(String(block.thinking));
    const signature = { type: 'signature_delta', signature: 'ZGVtbw==' };
    const deltas = text.map((thinking) => ({ type: 'thinking_delta', thinking }));
    return { empty: { thinking: '', signature: '' }, deltas: [...deltas, signature] };
  }
  if ('input' in block) {
    const json = pieces(JSON.stringify(block.input));
    const deltas = json.map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    return { empty: { input: {} }, deltas };
  }
  const text = 'text' in block ? pieces(String(block.text)) : [];
  return {
    empty: { text: '' },
    deltas: text.map((piece) => ({ type: 'text_delta', text: piece })),
  };
}
