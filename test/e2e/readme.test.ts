// The documents' commands do what they say: each line of a ```sh block is run as it stands, in the order of
// the page, by a newcomer with an empty home folder; those of README.md in the clone, those of the other
// documents in a folder of theirs with `lunaroute` installed.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, freePort, LAUNCHER, tempHome, until } from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

const root = join(import.meta.dirname, '../..');
const commands = commandsOf('README.md');
const others = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => commandsOf(`docs/${name}`).map((command) => ({ name, command })));
const START = 'npm ci && npm start -- --headless';

const home = tempHome();
const work = join(home.path, 'work');
const bin = join(home.path, 'bin');
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
  for (const folder of [work, bin]) mkdirSync(folder);
  symlinkSync(LAUNCHER, join(bin, 'lunaroute'));
  port = await freePort();
  env = cleanEnv(home.path, {
    LUNAROUTE_ANTHROPIC_BASE_URL: provider.url,
    LUNAROUTE_PORT: String(port),
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
  });
});

afterAll(async () => {
  await bash('npx lunaroute stop');
  await provider.stop();
  home.remove();
});

/** The lines of its runnable blocks; a line that ends in a backslash goes on in the next. */
function commandsOf(document: string): string[] {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((block) =>
    (block[1] ?? '').trim().replaceAll('\\\n', ' ').split('\n'),
  );
}

function bash(command: string, cwd = root): Promise<{ code: number | null; output: string }> {
  const child = spawn('bash', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
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

describe('the documents', () => {
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

  it.each(others)('docs/$name: $command', async ({ command }) => {
    const { code, output } = await bash(command, work);
    expect(code, output).toBe(0);
  });

  it.each(commands.filter((command) => command.startsWith('eval')))('%s', async (command) => {
    const { code, output } = await bash(`${command}; echo "base=$ANTHROPIC_BASE_URL"`);
    expect(code).toBe(0);
    expect(output).toContain(`base=http://127.0.0.1:${port}`);
    await ask();
    expect((await bash('npx lunaroute status')).code).toBe(0);
  });
});
