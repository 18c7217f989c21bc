/**
 * The demo's three agents: each plays its session through the proxy as the client it stands for does,
 * two over HTTP with SSE, one over a WebSocket. Their keys are dummies.
 */
import { anthropicRequest } from './anthropic.ts';
import { chatRequest } from './chat.ts';
import type { Pace } from './pace.ts';
import { responsesRequest } from './responses.ts';
import { DEMO } from './script.ts';
import type { Answer, DemoSession, Position } from './session.ts';

/** They begin one after the other, so that one can be watched before there are three. */
const STAGGER_MS = 1200;

/** Plays all sessions; resolves when they have ended, or when the pace hurries and the turns are over. */
export async function playSessions(proxyUrl: string, pace: Pace): Promise<void> {
  await Promise.all([
    playOverHttp(DEMO.claude, pace, (position) =>
      post(`${proxyUrl}/v1/messages?beta=true`, CLAUDE_HEADERS, anthropicRequest(position)),
    ),
    pace.wait(STAGGER_MS).then(() => playOverWebSocket(proxyUrl, pace)),
    pace
      .wait(2 * STAGGER_MS)
      .then(() =>
        playOverHttp(DEMO.chat, pace, (position) =>
          post(`${proxyUrl}/v1/chat/completions`, CHAT_HEADERS, chatRequest(position)),
        ),
      ),
  ]);
}

const JSON_TYPE = { 'content-type': 'application/json' };
const CLAUDE_HEADERS = {
  ...JSON_TYPE,
  'user-agent': 'claude-cli/2.1.330 (external, lunaroute-demo)',
  'anthropic-version': '2023-06-01',
  'x-api-key': 'sk-ant-api03-lunaroute-demo',
  'x-claude-code-session-id': DEMO.claude.id,
};
const CODEX_HEADERS = {
  'user-agent': 'codex_exec/0.169.0 (lunaroute-demo)',
  originator: 'codex_exec',
  authorization: 'Bearer sk-lunaroute-demo',
  'session-id': DEMO.codex.id,
};
const CHAT_HEADERS = {
  ...JSON_TYPE,
  'user-agent': 'OpenAI/Python 2.1.0',
  authorization: 'Bearer sk-lunaroute-demo',
  'x-session-id': DEMO.chat.id,
};

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  await answer.arrayBuffer();
}

async function playOverHttp(
  session: DemoSession,
  pace: Pace,
  ask: (position: Position) => Promise<void>,
): Promise<void> {
  for (const [index, answer] of session.answers.entries()) {
    if (pace.isHurrying) return;
    await ask({ session, index });
    await pace.wait(pauseAfter(answer));
  }
}

async function playOverWebSocket(proxyUrl: string, pace: Pace): Promise<void> {
  if (pace.isHurrying) return;
  const url = `${proxyUrl.replace(/^http/, 'ws')}/v1/responses`;
  const socket = new WebSocket(url, { headers: CODEX_HEADERS });
  await heard(socket, 'open');
  for (const [index, answer] of DEMO.codex.answers.entries()) {
    if (pace.isHurrying) break;
    const ended = heard(socket, 'message', ({ data }) =>
      String(data).includes('"response.completed"'),
    );
    socket.send(JSON.stringify(responsesRequest({ session: DEMO.codex, index })));
    await ended;
    await pace.wait(pauseAfter(answer));
  }
  const closed = heard(socket, 'close');
  socket.close();
  await closed;
}

/** How long the tools take, or the wait before the next try. */
function pauseAfter(answer: Answer): number {
  if (answer.kind === 'refused') return answer.retryMs;
  return Math.max(0, ...answer.calls.map(({ ms }) => ms));
}

/** Resolves at the first such event that is wanted, or when the connection has failed. */
function heard(
  socket: WebSocket,
  type: 'open' | 'message' | 'close',
  isWanted: (event: { readonly data?: unknown }) => boolean = () => true,
): Promise<void> {
  return new Promise((resolve) => {
    const listener = (event: Event & { readonly data?: unknown }): void => {
      if (!isWanted(event)) return;
      socket.removeEventListener(type, listener);
      resolve();
    };
    socket.addEventListener(type, listener);
    socket.addEventListener('close', () => resolve(), { once: true });
    socket.addEventListener('error', () => resolve(), { once: true });
  });
}
