// A scripted Anthropic provider: each answer's usage, tool calls, headers and pauses are the test's.
import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  readonly model?: string;
  readonly usage?: Record<string, unknown>;
  /** Text pieces, each after `pieceMs`. */
  readonly pieces?: readonly string[];
  readonly tool?: { readonly id: string; readonly name: string; readonly input: unknown };
  readonly headers?: Record<string, string>;
  /** Before the head, before the first content, and between pieces. */
  readonly headMs?: number;
  readonly contentMs?: number;
  readonly pieceMs?: number;
  readonly status?: number;
  /** The connection breaks after the content. */
  readonly isCut?: boolean;
}

/** Sends `answer` as a stream of `/v1/messages`. */
export async function answerAnthropic(res: http.ServerResponse, answer: Answer): Promise<void> {
  await sleep(answer.headMs ?? 0);
  if (answer.status !== undefined) {
    res.writeHead(answer.status, { 'content-type': 'application/json' });
    res.end('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}');
    return;
  }
  res.writeHead(200, { 'content-type': 'text/event-stream', ...answer.headers });
  res.flushHeaders();
  const send = (type: string, data: object): void => {
    res.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  const usage = answer.usage ?? { input_tokens: 10, output_tokens: 5 };
  const message = { id: `msg_${Math.random()}`, role: 'assistant', content: [], stop_reason: null };
  const model = answer.model ?? 'claude-opus-5-5';
  send('message_start', { message: { ...message, model, usage: { ...usage, output_tokens: 1 } } });
  await sleep(answer.contentMs ?? 0);
  send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  for (const [index, text] of (answer.pieces ?? ['hello']).entries()) {
    if (index > 0) await sleep(answer.pieceMs ?? 0);
    send('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
  }
  if (answer.isCut === true) {
    await sleep(20);
    res.destroy();
    return;
  }
  send('content_block_stop', { index: 0 });
  if (answer.tool !== undefined) sendTool(send, answer.tool);
  const stop = answer.tool === undefined ? 'end_turn' : 'tool_use';
  send('message_delta', { delta: { stop_reason: stop }, usage });
  send('message_stop', {});
  res.end();
}

function sendTool(
  send: (type: string, data: object) => void,
  { id, name, input }: NonNullable<Answer['tool']>,
): void {
  send('content_block_start', {
    index: 1,
    content_block: { type: 'tool_use', id, name, input: {} },
  });
  const partial = JSON.stringify(input);
  send('content_block_delta', {
    index: 1,
    delta: { type: 'input_json_delta', partial_json: partial },
  });
  send('content_block_stop', { index: 1 });
}

/** A script that gives these answers in turn, the last one for ever. */
export function inTurn(answers: readonly Answer[]) {
  let next = 0;
  return (_req: unknown, res: http.ServerResponse): Promise<void> => {
    const answer = answers[Math.min(next, answers.length - 1)] ?? {};
    next += 1;
    return answerAnthropic(res, answer);
  };
}

/** Sends a turn as Claude Code does and reads the whole answer; '' when it was cut. */
export async function sendTurn(
  url: string,
  body: { messages: readonly unknown[] } & Record<string, unknown>,
  session = 'session-1',
): Promise<string> {
  const answer = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      'x-api-key': 'sk-ant-api03-test-dummy-key-wxyz',
      'user-agent': 'claude-cli/2.1.330 (external, sdk-cli)',
      'x-claude-code-session-id': session,
    },
    body: JSON.stringify({ model: 'claude-opus-5-5', stream: true, max_tokens: 100, ...body }),
  });
  return answer.text().catch(() => '');
}
