// An Anthropic provider that a test drives: each request waits for what the test says next.
import type http from 'node:http';
import { until } from './program.ts';
import { type ScriptedProvider, startScriptedProvider } from './scripted-provider.ts';

interface Answer {
  say(text: string): void;
  /** Text, then a thought: redaction holds back the end of a text until it knows what follows. */
  sayWhole(text: string): void;
  think(text: string): void;
  callTool(name: string, input: unknown): void;
  end(outputTokens?: number): void;
}

export interface PacedProvider extends Pick<ScriptedProvider, 'url' | 'stop'> {
  /** The answer to the n-th request, from 0, once that has come. */
  answer(index: number): Promise<Answer>;
}

export async function startPacedProvider(
  headers: Record<string, string> = {},
): Promise<PacedProvider> {
  const answers: Answer[] = [];
  const provider = await startScriptedProvider((req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    res.flushHeaders();
    const body: unknown = JSON.parse(req.body.toString('utf8') || '{}');
    const { model } = { ...(body as object) } as { model?: string };
    answers.push(makeAnswer(res, model ?? 'none', answers.length));
  });
  return {
    url: provider.url,
    stop: () => provider.stop(),
    answer: (index) => until(`request ${index}`, () => answers[index]),
  };
}

function makeAnswer(res: http.ServerResponse, model: string, number: number): Answer {
  const send = (type: string, data: object): void => {
    res.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  const usage = { input_tokens: 100, cache_read_input_tokens: 900, output_tokens: 1 };
  const message = {
    id: `msg_${number}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  send('message_start', { message });
  let index = -1;
  let open: string | null = null;
  const block = (kind: string, start: object): void => {
    if (open === kind) return;
    if (open !== null) send('content_block_stop', { index });
    index += 1;
    open = kind;
    send('content_block_start', { index, content_block: start });
  };
  const say = (text: string): void => {
    block('text', { type: 'text', text: '' });
    send('content_block_delta', { index, delta: { type: 'text_delta', text } });
  };
  const think = (thinking: string): void => {
    block('thinking', { type: 'thinking', thinking: '' });
    send('content_block_delta', { index, delta: { type: 'thinking_delta', thinking } });
  };
  return {
    say,
    think,
    sayWhole: (text) => {
      say(text);
      think('so');
    },
    callTool: (name, input) => {
      block(`tool ${index}`, {
        type: 'tool_use',
        id: `toolu_${number}_${index + 1}`,
        name,
        input: {},
      });
      send('content_block_delta', {
        index,
        delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) },
      });
    },
    end: (outputTokens = 42) => {
      if (open !== null) send('content_block_stop', { index });
      send('message_delta', {
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: outputTokens },
      });
      send('message_stop', {});
      res.end();
    },
  };
}
