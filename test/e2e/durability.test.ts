// Promise 2: what happened is on disk within 100 ms and survives kill -9.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { databasePath, openStore } from '../helpers/history.ts';
import { cleanEnv, startServer, tempHome, until } from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

let provider: ScriptedProvider | undefined;
const home = tempHome();

afterEach(async () => {
  await provider?.stop();
  home.remove();
});

const REPLY = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-x',
  content: [{ type: 'text', text: 'a short answer' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 5, output_tokens: 3 },
});

interface Sent {
  readonly marker: string;
  readonly endedAt: number;
  /** How long before the kill its answer was complete. */
  beforeKillMs: number;
}

/** Posts until the connection breaks; keeps when each answer was complete. */
async function load(url: string, worker: number, sent: Sent[]): Promise<void> {
  for (let n = 0; ; n += 1) {
    const marker = `worker-${worker}-request-${n}`;
    const ok = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': 'sk-ant-x', 'x-session-id': `kill-${worker}` },
      body: JSON.stringify({ model: 'claude-x', messages: [{ role: 'user', content: marker }] }),
    })
      .then(async (res) => (await res.text()) === REPLY)
      .catch(() => false);
    if (!ok) return;
    sent.push({ marker, endedAt: Date.now(), beforeKillMs: 0 });
    // A steady load of some hundred exchanges a second: the promise is not about a starved machine.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('kill -9 under load', () => {
  it('keeps everything that ended more than 100 ms before, and repairs what was torn', async () => {
    provider = await startScriptedProvider((_req, res) => {
      res.setHeader('content-type', 'application/json');
      res.end(REPLY);
    });
    const env = cleanEnv(home.path, { LUNAROUTE_ANTHROPIC_BASE_URL: provider.url });
    const all: Sent[] = [];
    for (let kill = 0; kill < 3; kill += 1) {
      const server = await startServer(env);
      const sent: Sent[] = [];
      const workers = [0, 1, 2].map((i) => load(server.url, kill * 10 + i, sent));
      await until('a few hundred exchanges', () => (sent.length > 300 ? true : undefined));
      const killedAt = Date.now();
      await server.stop('SIGKILL');
      await Promise.all(workers);
      for (const one of sent) one.beforeKillMs = killedAt - one.endedAt;
      all.push(...sent.filter((one) => one.beforeKillMs > 100));
    }

    const server = await startServer(env);
    await server.stop();
    const database = new Database(databasePath(home.path), { readonly: true });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();

    const store = openStore(home.path);
    const found = new Map<string, string>();
    for (const session of store.sessions({ limit: 100 })) {
      for (const row of store.exchanges(session.sessionId, { limit: 100_000, offset: 0 }))
        found.set(row.promptPreview ?? '', row.end?.outcome ?? 'open');
    }
    store.close();
    const lost = all.filter((one) => found.get(one.marker) !== 'completed');
    expect(all.length).toBeGreaterThan(300);
    expect(lost).toEqual([]);
    expect([...found.values()]).not.toContain('open');

    const folder = join(home.path, '.lunaroute/sessions');
    const lines = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => {
        const text = readFileSync(join(folder, name), 'utf8');
        expect(text.endsWith('\n')).toBe(true);
        return text.trimEnd().split('\n');
      });
    const ended = new Set<string>();
    for (const line of lines) {
      const event: unknown = JSON.parse(line);
      const text = JSON.stringify(event);
      for (const marker of text.matchAll(/worker-\d+-request-\d+/g)) ended.add(marker[0]);
    }
    expect(all.filter((one) => !ended.has(one.marker))).toEqual([]);
  });
});
