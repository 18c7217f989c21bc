// Codex' bytes over a WebSocket: `response.create`, and the messages of the answer, one a line.
import type { Usage } from '../../src/core/usage.ts';
import { providerUsage, type Session, type Turn } from './turn.ts';
import { pieces, SYSTEM_TEXT, TOOLS } from './wire-text.ts';

export function codexRequest(session: Session, turn: Turn): Buffer {
  const input = [
    ...turn.results.map(({ id, text }) => ({
      type: 'function_call_output',
      call_id: id,
      output: text,
    })),
    ...(turn.prompt === null
      ? []
      : [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: turn.prompt }] }]),
  ];
  const isFirst = turn.previousId === null;
  const fields = {
    type: 'response.create',
    model: session.model,
    ...(isFirst ? { instructions: SYSTEM_TEXT } : { previous_response_id: turn.previousId }),
    input,
    tool_choice: 'auto',
    parallel_tool_calls: true,
    reasoning: { effort: 'medium', summary: 'auto' },
    store: false,
    stream: true,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: session.id,
  };
  const tools = isFirst ? `,"tools":${TOOLS}}` : '}';
  return Buffer.from(JSON.stringify(fields).replace(/\}$/, () => tools));
}

export function codexAnswer({ model, isClaude }: Session, turn: Turn, usage: Usage): Buffer {
  const lines: string[] = [];
  const put = (type: string, data: object): void => {
    lines.push(JSON.stringify({ type, sequence_number: lines.length, ...data }));
  };
  const response = {
    id: turn.responseId,
    object: 'response',
    status: 'in_progress',
    model,
    output: [] as object[],
  };
  put('response.created', { response });
  put('response.in_progress', { response });
  const item = (
    id: string,
    output_index: number,
    full: object,
    type: string,
    text: string,
  ): void => {
    put('response.output_item.added', {
      output_index,
      item: { id, status: 'in_progress', ...full },
    });
    for (const delta of pieces(text)) put(`${type}.delta`, { item_id: id, output_index, delta });
    put(`${type}.done`, {
      item_id: id,
      output_index,
      [type.includes('arguments') ? 'arguments' : 'text']: text,
    });
  };
  const key = turn.responseId.slice(5, 53);
  const message = { id: `msg_${key}`, type: 'message', role: 'assistant' };
  item(message.id, 0, { ...message, content: [] }, 'response.output_text', turn.text);
  const output: object[] = [
    {
      ...message,
      status: 'completed',
      content: [{ type: 'output_text', text: turn.text, annotations: [] }],
    },
  ];
  put('response.output_item.done', { output_index: 0, item: output[0] });
  if (turn.call !== null) {
    const args = JSON.stringify(turn.call.input);
    const call = {
      id: `fc_${key}`,
      type: 'function_call',
      name: turn.call.name,
      call_id: turn.call.id,
    };
    item(call.id, 1, { ...call, arguments: '' }, 'response.function_call_arguments', args);
    output.push({ ...call, status: 'completed', arguments: args });
    put('response.output_item.done', { output_index: 1, item: output[1] });
  }
  put('response.completed', {
    response: { ...response, status: 'completed', output, usage: providerUsage(usage, isClaude) },
  });
  return Buffer.from(lines.join('\n'));
}
