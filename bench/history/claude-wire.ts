// Claude Code's bytes: the body of a request, and the answer's event stream.
import type { Usage } from '../../src/core/usage.ts';
import { providerUsage, type Session, type Turn } from './turn.ts';
import { pieces, SYSTEM, TOOLS } from './wire-text.ts';

/** What is said before the answer, and the answer, as two messages. */
export function claudeMessages(turn: Turn): { readonly before: string; readonly answer: string } {
  const results = turn.results.map(({ id, text }) => ({
    tool_use_id: id,
    type: 'tool_result',
    content: text,
  }));
  const prompt = turn.prompt === null ? [] : [{ type: 'text', text: turn.prompt }];
  const { call } = turn;
  const answer = [
    ...(turn.thinking === ''
      ? []
      : [
          {
            type: 'thinking',
            thinking: turn.thinking,
            signature: `Er${turn.responseId}${turn.responseId}==`,
          },
        ]),
    { type: 'text', text: turn.text },
    ...(call === null
      ? []
      : [{ type: 'tool_use', id: call.id, name: call.name, input: call.input }]),
  ];
  return {
    before: JSON.stringify({ role: 'user', content: [...results, ...prompt] }),
    answer: JSON.stringify({ role: 'assistant', content: answer }),
  };
}

export function claudeRequest(session: Session, messages: readonly string[]): Buffer {
  const metadata = JSON.stringify({
    user_id: JSON.stringify({
      device_id: 'd41d8cd98f00b204',
      account_uuid: '',
      session_id: session.id,
    }),
  });
  return Buffer.from(
    `{"model":"${session.model}","messages":[${messages.join(',')}],"system":${SYSTEM},"tools":${TOOLS},"metadata":${metadata},"max_tokens":32000,"thinking":{"type":"adaptive"},"stream":true}`,
  );
}

export function claudeAnswer({ model, isClaude }: Session, turn: Turn, usage: Usage): Buffer {
  const events: [string, object][] = [
    [
      'message_start',
      {
        message: {
          model,
          id: turn.responseId,
          type: 'message',
          role: 'assistant',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: providerUsage({ ...usage, output: 1 }, isClaude),
        },
      },
    ],
    ['ping', {}],
  ];
  let index = 0;
  const block = (start: object, deltas: readonly object[]): void => {
    events.push(['content_block_start', { index, content_block: start }]);
    for (const delta of deltas) events.push(['content_block_delta', { index, delta }]);
    events.push(['content_block_stop', { index }]);
    index += 1;
  };
  if (turn.thinking !== '') {
    const signature = {
      type: 'signature_delta',
      signature: `Er${turn.responseId}${turn.responseId}==`,
    };
    const texts = pieces(turn.thinking).map((thinking) => ({ type: 'thinking_delta', thinking }));
    block({ type: 'thinking', thinking: '', signature: '' }, [...texts, signature]);
  }
  block(
    { type: 'text', text: '' },
    pieces(turn.text).map((text) => ({ type: 'text_delta', text })),
  );
  const { call } = turn;
  if (call !== null) {
    const json = pieces(JSON.stringify(call.input)).map((piece) => ({
      type: 'input_json_delta',
      partial_json: piece,
    }));
    block({ type: 'tool_use', id: call.id, name: call.name, input: {} }, json);
  }
  const stop = { stop_reason: call === null ? 'end_turn' : 'tool_use', stop_sequence: null };
  events.push(
    ['message_delta', { delta: stop, usage: providerUsage(usage, isClaude) }],
    ['message_stop', {}],
  );
  return Buffer.from(
    events
      .map(([type, data]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
      .join(''),
  );
}
