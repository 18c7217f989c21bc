// A recorded history with hostile text in every field that a client or a provider can fill.
import { join } from 'node:path';
import type { ExchangeDetail } from '../../src/core/ports.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import type { SinkItem } from '../../src/store/sink.ts';
import { endItem, makeSink, requestItem, START, tempFolder } from './store-items.ts';

/** Markup, script, a fence's end, terminal controls, a bidi override, half a character, a mention. */
export const EVIL = [
  '</script></pre></details><script>document.title="pwned"</script>',
  '<img src="http://127.0.0.1:9/x" onerror="alert(1)">',
  '"\' onmouseover="alert(1)" x=\'',
  '\n```\n````\n~~~\n# heading\n![x](http://127.0.0.1:9/y)\n@everyone #1\n-->\n',
  '\u001b]52;c;cHduZWQ=\u0007\u202eevil\u0085\u007f\ud800',
].join(' ');

const usage = {
  input: 120,
  cacheRead: 100,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 10,
  reasoning: 0,
};

export const HOSTILE_SESSION = `session ${EVIL.slice(0, 200)}`;

function turn(index: number, messages: readonly unknown[]): SinkItem[] {
  const request = requestItem(
    {
      id: `exchange-${index} ${EVIL}`,
      sessionId: HOSTILE_SESSION,
      startedAt: START + index * 5_000,
      clientVersion: EVIL,
      userAgent: EVIL,
      provider: EVIL,
      method: 'POST',
      target: `/v1/messages?${EVIL}`,
      requestHeaders: ['content-type', EVIL, EVIL, EVIL],
      agentId: index === 2 ? EVIL : null,
      parentId: EVIL,
      model: EVIL,
      promptPreview: `prompt ${EVIL}`.slice(0, 190),
      project: EVIL,
      messageCount: messages.length,
    },
    { model: EVIL, system: `system ${EVIL}`, messages, [EVIL]: EVIL },
  );
  const end = endItem(
    request.request,
    {
      responseId: EVIL,
      modelUsed: `model ${EVIL}`,
      stopReason: EVIL,
      errorCode: index === 1 ? EVIL : null,
      errorMessage: index === 1 ? EVIL : null,
      outcome: index === 1 ? 'failed' : 'completed',
      responseHeaders: ['location', EVIL, 'content-type', EVIL],
      usage,
      providerUsage: { [EVIL]: EVIL },
      parts: [
        { type: 'thinking', text: `thinking ${EVIL}` },
        { type: 'text', text: `answer ${index} ${EVIL}` },
        {
          type: 'tool-call',
          id: `call-${index}`,
          name: `tool ${EVIL}`,
          arguments: JSON.stringify({ [EVIL]: EVIL }),
        },
        { type: 'media', label: EVIL },
      ],
    },
    { answer: EVIL },
  );
  return [request, end];
}

/** Two turns of one agent, the second with the first's history, and one turn of another. */
export function hostileItems(): SinkItem[] {
  const prompt = { role: 'user', content: `prompt ${EVIL}` };
  const answer = {
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: `thinking ${EVIL}`, signature: EVIL },
      { type: 'text', text: `answer 0 ${EVIL}` },
      { type: 'tool_use', id: 'call-0', name: `tool ${EVIL}`, input: { [EVIL]: EVIL } },
    ],
  };
  const result = {
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 'call-0', content: `result ${EVIL}`, is_error: true },
    ],
  };
  return [
    ...turn(0, [prompt]),
    ...turn(1, [prompt, answer, result]),
    ...turn(2, [{ role: 'user', content: `task ${EVIL}` }]),
  ];
}

export function recordItems(items: readonly SinkItem[]): string {
  const path = join(tempFolder(), 'sessions.db');
  const sink = makeSink(path);
  sink.write(items);
  return path;
}

/** Every exchange of a session with everything that is kept of it, as an export reads it. */
export function everything(path: string, sessionId: string) {
  const history = openHistory(path);
  const details = history
    .exchanges(sessionId, { limit: 1000, offset: 0 })
    .map(({ id }) => history.exchange(id))
    .filter((detail): detail is ExchangeDetail => detail !== null);
  const bodies = details.map(({ id }) => [
    history.rawBody(id, 'request'),
    history.rawBody(id, 'response'),
  ]);
  const session = history.session(sessionId);
  history.close();
  return { session, details, bodies };
}
