/** A demo session in OpenAI's Chat Completions API: the agent's requests and the provider's chunks. Pure. */
import { type Position, pieces, type Spoken, spokenBefore, systemAt } from './session.ts';

export function chatRequest(position: Position): object {
  const { session } = position;
  const messages = spokenBefore(position).flatMap((answer) => [
    { role: 'assistant', content: answer.text || null, tool_calls: callsOf(answer) },
    ...answer.calls.map(({ id, result }) => ({ role: 'tool', tool_call_id: id, content: result })),
  ]);
  return {
    model: session.model,
    stream: true,
    stream_options: { include_usage: true },
    tools: session.tools.map((name) => ({
      type: 'function',
      function: { name, description: `The tool ${name}.`, parameters: { type: 'object' } },
    })),
    messages: [
      { role: 'system', content: systemAt(position) },
      { role: 'user', content: session.prompt },
      ...messages,
    ],
  };
}

function callsOf({ calls }: Spoken): object[] {
  return calls.map(({ id, name, input }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }));
}

/** The answer's chunks as SSE text. */
export function chatChunks({ session, index }: Position, answer: Spoken): string[] {
  const { text, calls, usage } = answer;
  const base = { id: `chatcmpl-demo-${index}`, object: 'chat.completion.chunk' };
  const chunk = (delta: object, reason: string | null = null): object => ({
    ...base,
    model: session.model,
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  const counts = {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
  const chunks = [
    chunk({ role: 'assistant', content: '' }),
    ...pieces(text).map((content) => chunk({ content })),
    ...callsOf(answer).map((call, at) => chunk({ tool_calls: [{ index: at, ...call }] })),
    chunk({}, calls.length === 0 ? 'stop' : 'tool_calls'),
    { ...base, model: session.model, choices: [], usage: counts },
  ];
  return [...chunks.map((data) => `data: ${JSON.stringify(data)}\n\n`), 'data: [DONE]\n\n'];
}
