// Provider errors as the official SDKs know them: class, status, body and headers arrive through
// LunaRoute as the provider sent them, once each.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openStore } from '../helpers/history.ts';
import { cleanEnv, type RunningServer, startServer, tempHome, until } from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

const home = tempHome();
let provider: ScriptedProvider;
let server: RunningServer;
let status = 400;

const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

beforeAll(async () => {
  provider = await startScriptedProvider((seen, res) => {
    const error = { type: TYPES[status], message: `refused with ${status}` };
    const isAnthropic = seen.url.startsWith('/v1/messages');
    res.writeHead(status, {
      'content-type': 'application/json',
      'request-id': `req_${status}`,
      'retry-after': '7',
      'x-ratelimit-remaining-requests': '0',
    });
    res.end(JSON.stringify(isAnthropic ? { type: 'error', error } : { error }));
  });
  server = await startServer(
    cleanEnv(home.path, {
      LUNAROUTE_ANTHROPIC_BASE_URL: provider.url,
      LUNAROUTE_OPENAI_BASE_URL: provider.url,
    }),
  );
});

afterAll(async () => {
  await server?.stop();
  await provider?.stop();
  home.remove();
});

beforeEach(() => {
  provider.requests.length = 0;
});

const DIALECTS = ['anthropic-messages', 'openai-chat', 'openai-responses'] as const;
const CASES = [400, 401, 429, 529].flatMap((code) =>
  DIALECTS.flatMap((dialect) => [true, false].map((stream) => [code, dialect, stream] as const)),
);

function ask(dialect: (typeof DIALECTS)[number], stream: boolean, session: string) {
  const options = { maxRetries: 0, defaultHeaders: { 'x-session-id': session } };
  const messages = [{ role: 'user' as const, content: 'x' }];
  if (dialect === 'anthropic-messages') {
    const client = new Anthropic({ baseURL: server.url, apiKey: 'sk-ant-x', ...options });
    return client.messages.create({ model: 'm', max_tokens: 5, messages, stream });
  }
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'sk-x', ...options });
  return dialect === 'openai-chat'
    ? client.chat.completions.create({ model: 'gpt-5', messages, stream })
    : client.responses.create({ model: 'gpt-5', input: 'x', stream });
}

it.each(CASES)('%i of %s, stream %s', async (code, dialect, stream) => {
  status = code;
  const session = `error-${code}-${dialect}-${stream}`;
  const failure: unknown = await Promise.resolve(ask(dialect, stream, session)).then(
    () => null,
    (error: unknown) => error,
  );
  const kind = dialect === 'anthropic-messages' ? Anthropic.APIError : OpenAI.APIError;
  if (!(failure instanceof kind)) throw new Error(`no error of the SDK: ${String(failure)}`);
  expect(failure.status).toBe(code);
  expect(failure.message).toContain(`refused with ${code}`);
  expect(failure.headers?.get('request-id')).toBe(`req_${code}`);
  expect(failure.headers?.get('retry-after')).toBe('7');
  expect(failure.headers?.get('x-ratelimit-remaining-requests')).toBe('0');
  expect(failure.headers?.get('x-lunaroute-error')).toBeNull();
  expect(provider.requests).toHaveLength(1);

  const row = await until('the recorded error', () => {
    const store = openStore(home.path);
    try {
      return store.exchanges(session, { limit: 2, offset: 0 }).find(({ end }) => end !== null);
    } finally {
      store.close();
    }
  });
  expect(row.dialect).toBe(dialect);
  expect(row.end).toMatchObject({
    outcome: 'failed',
    status: code,
    errorCode: TYPES[code],
    usage: null,
  });
});
