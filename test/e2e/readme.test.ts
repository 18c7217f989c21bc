// The README's commands do what it says: each line of its ```sh blocks is run as it stands, in the
// order of the page, by a newcomer with an empty home folder.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, freePort, tempHome, until } from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((block) =>
  (block[1] ?? '').trim().split('\n'),
);
const START = 'npm ci && npm start -- --headless';

const home = tempHome();
let provider: ScriptedProvider;
let env: Record<string, string>;
let port: number;

beforeAll(async () => {
  provider = await startScriptedProvider((_seen, res) => {
    res.setHeader('content-type', 'application/json');
    res.end(
      '{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","stop_reason":"end_turn",' +
        '"content":[{"type":"text","text":"TypeError: x is undefined"}],"usage":{"input_tokens":7,"output_tokens":5}}',
    );
  });
  port = await freePort();
  env = cleanEnv(home.path, {
    LUNAROUTE_ANTHROPIC_BASE_URL: provider.url,
    LUNAROUTE_PORT: String(port),
  });
});

afterAll(async () => {
  await bash('npx lunaroute stop');
  await provider.stop();
  home.remove();
});

function bash(command: string): Promise<{ code: number | null; output: string }> {
  const child = spawn('bash', ['-c', command], { cwd: root, env, stdio: 'pipe' });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    output += data.toString();
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

async function ask(): Promise<void> {
  await fetch(`http://127.0.0.1:${port}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'sk-ant-x' },
    body: JSON.stringify({ model: 'claude-x', messages: [{ role: 'user', content: 'help me' }] }),
  }).then((res) => res.text());
}

describe('README', () => {
  it('starts with the command that serves', async () => {
    expect(commands[0]).toBe(START);
    // npm ci is what made this test run: it would pull the modules away from under it.
    const child = spawn('bash', ['-c', 'exec npm start -- --headless'], {
      cwd: root,
      env,
      stdio: 'ignore',
      detached: true,
    });
    await until('the server', async () =>
      (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok
        ? true
        : undefined,
    );
    await ask();
    const ended = new Promise((resolve) => child.once('close', resolve));
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    await ended;
  });

  it.each(commands.filter((command) => command !== START && !command.startsWith('eval')))(
    '%s',
    async (command) => {
      const { code, output } = await bash(command);
      expect(code, output).toBe(0);
      expect(output.trim()).not.toBe('');
    },
  );

  it.each(commands.filter((command) => command.startsWith('eval')))('%s', async (command) => {
    const { code, output } = await bash(`${command}; echo "base=$ANTHROPIC_BASE_URL"`);
    expect(code).toBe(0);
    expect(output).toContain(`base=http://127.0.0.1:${port}`);
    await ask();
    expect((await bash('npx lunaroute status')).code).toBe(0);
  });
});
