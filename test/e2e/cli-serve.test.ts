// The server in the foreground: what it says, and how it ends.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  cleanEnv,
  freePort,
  LAUNCHER,
  type RunningServer,
  startServer,
  type TempHome,
  tempHome,
  until,
} from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

let provider: ScriptedProvider;
let held: ServerResponse[];
let home: TempHome;
let server: RunningServer | null;

const ANSWER = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-5-5',
  content: [{ type: 'text', text: 'hello' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 2450, output_tokens: 583 },
});

beforeAll(async () => {
  provider = await startScriptedProvider((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (request.url.includes('hold')) {
      response.write(' ');
      held.push(response);
    } else response.end(ANSWER);
  });
});
afterAll(() => provider.stop());

beforeEach(() => {
  held = [];
  server = null;
  home = tempHome();
});

afterEach(async () => {
  for (const response of held) response.end();
  await server?.stop('SIGKILL');
  home.remove();
});

async function start(...args: string[]): Promise<RunningServer> {
  server = await startServer(cleanEnv(home.path), ['--anthropic-base-url', provider.url, ...args]);
  return server;
}

function ask(running: RunningServer, path = '/v1/messages'): Promise<Response> {
  return fetch(running.url + path, {
    method: 'POST',
    headers: {
      'x-api-key': 'sk-ant-test',
      'anthropic-version': '2023-06-01',
      'x-claude-code-session-id': '550e8400-e29b-41d4-a716-446655440000',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      model: 'claude-opus-5-5',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'hi' }],
    }),
  });
}

describe('serve', () => {
  it('sums up its start, its requests and its run', async () => {
    const running = await start('--log-requests');
    await until('the summary', () => (running.output().includes('Stop') ? true : undefined));
    expect(running.output()).toMatch(/LunaRoute \d+\.\d+\.\d+/);
    expect(running.output()).toContain(`anthropic → ${provider.url}`);
    expect(running.output()).toContain('sessions.db');
    expect(await (await ask(running)).text()).toBe(ANSWER);
    await until('its line', () =>
      running.output().includes('POST /v1/messages') ? true : undefined,
    );
    expect(running.output()).toMatch(
      /\d\d:\d\d:\d\d {2}claude-code {2}550e8400 {2}POST \/v1\/messages {2}claude-opus-5-5 {2}200 {2}completed {2}2,450 in 583 out {2}\$0\.\d+ {2}\d+ms/,
    );
    expect(await running.stop('SIGINT')).toBe(0);
    expect(running.output()).toContain('Session: 550e8400-e29b-41d4-a716-446655440000\n');
    expect(running.output()).toContain('  Total tokens:    3,033\n');
    expect(running.output()).toContain('💰 Estimated cost: $0.0215 USD\n');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s lets a running request end',
    async (signal) => {
      const running = await start();
      const response = await ask(running, '/v1/messages?hold');
      const stopped = running.stop(signal);
      await until('the waiting', () =>
        running.output().includes('a second signal') ? true : undefined,
      );
      await expect(fetch(`${running.url}/healthz`)).rejects.toThrow();
      held[0]?.end(ANSWER);
      expect(await response.text()).toBe(` ${ANSWER}`);
      expect(await stopped).toBe(0);
      expect(running.output()).toContain('Requests:        1');
    },
  );

  it('a second signal ends it at once, and the exit code says so', async () => {
    const running = await start();
    const response = await ask(running, '/v1/messages?hold');
    const stopped = running.stop('SIGTERM');
    await until('the waiting', () =>
      running.output().includes('a second signal') ? true : undefined,
    );
    // Signals closer than 100 ms count as one.
    await new Promise((resolve) => setTimeout(resolve, 150));
    running.child.kill('SIGTERM');
    expect(await stopped).toBe(143);
    await expect(response.text()).rejects.toThrow();
  });

  it('nothing was asked, so there is nothing to sum up', async () => {
    const running = await start();
    expect(await running.stop()).toBe(0);
    expect(running.output()).not.toContain('Statistics');
  });

  it('the same signal twice at once, as a terminal and npm send it, is one', async () => {
    const running = await start();
    const response = await ask(running, '/v1/messages?hold');
    running.child.kill('SIGINT');
    const stopped = running.stop('SIGINT');
    await until('the waiting', () =>
      running.output().includes('a second signal') ? true : undefined,
    );
    held[0]?.end(ANSWER);
    await response.text();
    expect(await stopped).toBe(0);
  });

  it('goes on when nobody reads what it says', async () => {
    const running = await start('--log-requests');
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    for (let turn = 0; turn < 3; turn++) expect((await ask(running)).status).toBe(200);
    expect(await running.stop()).toBe(0);
  });

  it('closes a data folder that was open to others, and warns of variables that do nothing', async () => {
    const dataDir = join(home.path, '.lunaroute');
    mkdirSync(dataDir);
    chmodSync(dataDir, 0o755);
    const env = { ...cleanEnv(home.path), LUNAROUTE_PROT: '1' };
    const running = await startServer(env);
    server = running;
    expect(statSync(dataDir).mode & 0o077).toBe(0);
    await until('the summary', () => (running.output().includes('Stop') ? true : undefined));
    expect(running.output()).toContain('only you can read it');
    expect(running.output()).toContain('LUNAROUTE_PROT');
    expect(running.output()).toContain('Did you mean LUNAROUTE_PORT?');
  });

  it('plain `lunaroute` is the server, too, and says little at level error', async () => {
    const port = String(await freePort());
    const child = spawn(process.execPath, [LAUNCHER, '--port', port, '--log-level', 'error'], {
      env: cleanEnv(home.path),
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
    });
    await until('it', async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
      return answer?.ok ? true : undefined;
    });
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(output).toBe('');
  });
});
