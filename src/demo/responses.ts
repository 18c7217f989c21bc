/**
 * A demo session in OpenAI's Responses API as Codex speaks it over its WebSocket: each message brings
 * only what is new, the rest is known by previous_response_id. Pure.
 */
import { type Position, pieces, type Spoken, spokenBefore, systemAt } from './session.ts';

export function responsesRequest(position: Position): object {
  const { session, index } = position;
  const last = spokenBefore(position).at(-1);
  const results = last?.calls.map(({ id, result }) => ({
    type: 'function_call_output',
    call_id: id,
    output: result,
  }));
  const begin = {
    type: 'message',
    role: 'user',
    content: [{ type: 'input_text', text: session.prompt }],
  };
  return {
    type: 'response.create',
    model: session.model,
    instructions: systemAt(position),
    input: results ?? [begin],
    ...(last === undefined ? {} : { previous_response_id: responseId(index - 1) }),
    tools: session.tools.map((name) => ({
      type: 'function',
      name,
      description: `The tool ${name}.`,
      parameters: { type: 'object' },
    })),
    reasoning: { effort: 'medium', summary: 'auto' },
    stream: true,
    store: false,
    prompt_cache_key: session.id,
    client_metadata: { session_id: session.id },
  };
}

function responseId(index: number): string {
  return `resp_demo_${index}`;
}

interface Item {
  readonly item: Readonly<Record<string, unknown>> & { readonly id: string };
  /** What comes between its being added and its being done. */
  readonly deltas: readonly object[];
}

/** The answer's events, one WebSocket message each. */
export function responsesEvents({ session, index }: Position, answer: Spoken): string[] {
  const { usage } = answer;
  const items = itemsOf(answer, index);
  const response = {
    id: responseId(index),
    object: 'response',
    status: 'in_progress',
    model: session.model,
    output: [],
    usage: null,
  };
  const counts = {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cacheRead },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
  const output = items.map(({ item }) => item);
  const done = { ...response, status: 'completed', output, usage: counts };
  const events = [
    { type: 'response.created', response },
    ...items.flatMap(({ item, deltas }, output_index) => [
      { type: 'response.output_item.added', output_index, item: { ...item, ...begun(item) } },
      ...deltas.map((delta) => ({ ...delta, item_id: item.id, output_index })),
      { type: 'response.output_item.done', output_index, item },
    ]),
    { type: 'response.completed', response: done },
  ];
  return events.map((event, sequence_number) => JSON.stringify({ ...event, sequence_number }));
}

/** What is still empty when an item is added. */
function begun({ type }: Item['item']): object {
  if (type === 'reasoning') return { summary: [] };
  return type === 'message' ? { content: [] } : { arguments: '' };
}

function itemsOf({ thinking, text, calls }: Spoken, index: number): Item[] {
  const ids = (kind: string): string => `${kind}_demo_${index}`;
  const reasoning: Item = {
    item: {
      id: ids('rs'),
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: thinking }],
    },
    deltas: pieces(thinking).map((delta) => ({
      type: 'response.reasoning_summary_text.delta',
      summary_index: 0,
      delta,
    })),
  };
  const content = [{ type: 'output_text', text, annotations: [] }];
  const message: Item = {
    item: { id: ids('msg'), type: 'message', role: 'assistant', status: 'completed', content },
    deltas: pieces(text).map((delta) => ({
      type: 'response.output_text.delta',
      content_index: 0,
      delta,
    })),
  };
  return [
    ...(thinking === '' ? [] : [reasoning]),
    ...(text === '' ? [] : [message]),
    ...calls.map((call) => callItem(call, ids('fc'))),
  ];
}

function callItem({ id, name, input }: Spoken['calls'][number], itemId: string): Item {
  const args = JSON.stringify(input);
  const item = {
    id: itemId,
    type: 'function_call',
    status: 'completed',
    call_id: id,
    name,
    arguments: args,
  };
  const type = 'response.function_call_arguments.delta';
  return { item, deltas: pieces(args).map((delta) => ({ type, delta })) };
}
