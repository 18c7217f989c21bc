// How the screen starts and ends: attach, quit, signals, crash, suspend. In a real terminal.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PacedProvider, startPacedProvider } from '../helpers/paced-provider.ts';
import {
  cleanEnv,
  freePort,
  runProgram,
  startServer,
  type TempHome,
  tempHome,
  until,
} from '../helpers/program.ts';
import { type TmuxOptions, TmuxProgram } from '../helpers/tmux.ts';

let home: TempHome;
let provider: PacedProvider;
let port = 0;
let env: Record<string, string> = {};

beforeEach(async () => {
  home = tempHome();
  provider = await startPacedProvider();
  port = await freePort();
  env = cleanEnv(home.path, { LUNAROUTE_UI_PORT: '0' });
});

afterEach(async () => {
  await provider.stop();
  home.remove();
});

function startScreen(options: Partial<TmuxOptions> = {}): TmuxProgram {
  const args = ['--port', String(port), '--anthropic-base-url', provider.url];
  return new TmuxProgram({ env, args, ...options });
}

/** A streamed request; resolves with the bytes of the answer, or rejects when it is cut off. */
function ask(): Promise<string> {
  return fetch(`http://127.0.0.1:${port}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-claude-code-session-id': 'life-session' },
    body: JSON.stringify({
      model: 'claude-x',
      max_tokens: 9,
      stream: true,
      messages: [{ role: 'user', content: 'hello there' }],
    }),
  }).then((response) => response.text());
}

/** Alternate screen off, cursor on, mouse off, automatic wrap on. */
const RESTORED = '0 1 0 1';
const restored = (screen: TmuxProgram): string =>
  screen.state('alternate_on', 'cursor_flag', 'mouse_any_flag', 'wrap_flag');

test('quits with the summary on the normal screen, and leaves the terminal as it was', async () => {
  const screen = startScreen();
  await screen.shows('Nothing has been recorded');
  expect(screen.state('alternate_on', 'mouse_any_flag', 'wrap_flag')).toBe('1 1 0');
  const asked = ask();
  (await provider.answer(0)).say('hi');
  (await provider.answer(0)).end(7);
  await asked;
  await screen.shows(/life-ses.*200/);
  screen.keys('q');
  const end = await screen.shows('ended with 0');
  expect(end).toContain('Session: life-session');
  expect(end).toMatch(/Output tokens:\s+7/);
  expect(restored(screen)).toBe(RESTORED);
});

test('asks before it quits while exchanges run; y lets them end', async () => {
  const screen = startScreen();
  await screen.shows('Nothing has been recorded');
  const asked = ask();
  const answer = await provider.answer(0);
  answer.say('slow');
  await screen.shows('1 running');
  screen.keys('q');
  await screen.shows('1 exchange is running');
  screen.keys('n');
  await screen.shows('life-ses');
  screen.keys('q', 'y');
  await until('the normal screen', () => (screen.state('alternate_on') === '0' ? true : undefined));
  answer.say(' but whole');
  answer.end();
  expect(await asked).toContain('message_stop');
  await screen.shows('ended with 0');
});

test('ctrl-c twice ends at once', async () => {
  const screen = startScreen();
  await screen.shows('Nothing has been recorded');
  const asked = ask().catch(() => 'cut off');
  (await provider.answer(0)).say('never ends');
  await screen.shows('1 running');
  screen.keys('C-c', 'C-c');
  await screen.shows('ended with');
  expect(await asked).toBe('cut off');
  expect(restored(screen)).toBe(RESTORED);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s restores the terminal', async (signal) => {
  const screen = startScreen();
  await screen.shows('Nothing has been recorded');
  const record = JSON.parse(
    readFileSync(join(home.path, `.lunaroute/server-${port}.json`), 'utf8'),
  );
  process.kill(record.pid, signal);
  await screen.shows('ended with 0');
  expect(restored(screen)).toBe(RESTORED);
});

test('a crash restores the terminal, says what happened, and lets running requests end', async () => {
  // Drawing fails for real: a function that it uses throws once it is told to.
  const preload = join(home.path, 'break.mjs');
  writeFileSync(
    preload,
    `import { existsSync } from 'node:fs';
     const padStart = String.prototype.padStart;
     String.prototype.padStart = function (...args) {
       const isTime = existsSync(${JSON.stringify(join(home.path, 'now'))});
       if (!isTime) return padStart.apply(this, args);
       String.prototype.padStart = padStart;
       throw new Error('planted failure of a component');
     };`,
  );
  const screen = startScreen({ nodeArgs: ['--import', preload] });
  await screen.shows('Nothing has been recorded');
  const asked = ask();
  const answer = await provider.answer(0);
  answer.say('still');
  await screen.shows('1 running');
  writeFileSync(join(home.path, 'now'), '');
  await screen.shows('the screen has failed: planted failure of a component');
  expect(restored(screen)).toBe(RESTORED);
  expect(screen.screen()).toContain('server.log');
  answer.say(' running');
  answer.end();
  expect(await asked).toContain('message_stop');
  await screen.shows('ended with 1');
  expect(readFileSync(join(home.path, '.lunaroute/server.log'), 'utf8')).toContain(
    'planted failure',
  );
});

test('attaches to the server that runs, and leaves it running', async () => {
  const server = await startServer(env, ['--anthropic-base-url', provider.url]);
  port = server.port;
  const screen = startScreen();
  await screen.shows('attached to the LunaRoute that already runs here');
  const asked = ask();
  const answer = await provider.answer(0);
  answer.sayWhole('seen from afar');
  await screen.shows(/life-ses.*\brun\b/);
  screen.keys('Enter');
  await screen.shows('seen from afar');
  answer.sayWhole('token by token');
  await screen.shows((text) => text.includes('seen from afar') && text.includes('token by token'));
  answer.end();
  await asked;
  await screen.shows('completed');
  screen.keys('q');
  await screen.shows('LunaRoute goes on in the background');
  await screen.shows('ended with 0');
  expect((await fetch(`${server.url}/healthz`)).ok).toBe(true);
  await server.stop();
});

test('an attached screen says that the server has ended, and finds a new one', async () => {
  const server = await startServer(env, ['--anthropic-base-url', provider.url]);
  port = server.port;
  const screen = startScreen();
  await screen.shows('attached to');
  await server.stop();
  await screen.shows('server lost');
  const next = new TmuxProgram({ env, args: ['serve', '--port', String(port)] });
  await screen.shows((text) => !text.includes('server lost') && text.includes('attached to pid'));
  next.keys('C-c');
  await screen.shows('server lost');
  screen.keys('q');
  await screen.shows('ended with 0');
});

test('ctrl-z suspends and comes back; while exchanges run it is refused', async () => {
  const screen = startScreen({ inShell: true });
  await screen.shows('Nothing has been recorded');
  screen.keys('C-z');
  await screen.shows('ready>');
  expect(restored(screen)).toBe(RESTORED);
  screen.type('fg').keys('Enter');
  await screen.shows('Nothing has been recorded');
  const asked = ask();
  const answer = await provider.answer(0);
  answer.say('x');
  await screen.shows('1 running');
  screen.keys('C-z');
  await screen.shows('suspending would stop the proxy');
  answer.end();
  await asked;
  await screen.shows('0 running');
  screen.keys('q');
  await screen.shows('ready>');
});

test('! opens a shell while the proxy goes on', async () => {
  const screen = startScreen({ env: { ...env, SHELL: '/bin/sh', PS1: 'inside> ' } });
  await screen.shows('Nothing has been recorded');
  screen.keys('!');
  await screen.shows('inside>');
  const asked = ask();
  (await provider.answer(0)).end();
  expect(await asked).toContain('message_stop');
  screen.type('exit').keys('Enter');
  await screen.shows('1 requests');
  screen.keys('q');
  await screen.shows('ended with 0');
});

test('headless loads nothing of the screen', async () => {
  const report = `import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) { process._rawDebug('LOADED ' + url); return next(url, context); } });`;
  const hook = `--import data:text/javascript,${encodeURIComponent(report)}`;
  const server = await startServer({ ...env, NODE_OPTIONS: hook });
  const loaded = server.output();
  expect(loaded).toMatch(/LOADED .*\/screen-/);
  expect(loaded).not.toMatch(/LOADED .*\/mount-/);
  await server.stop();
});

test('without a terminal it serves without the screen, and says so', async () => {
  const running = runProgram(['--port', String(port)], env);
  // It answers a moment before it has said whose it is, which is what `stop` asks.
  await until('it to be stopped', async () => {
    const { code, stdout } = await runProgram(['stop', '--port', String(port)], env);
    return code === 0 && stdout.startsWith('stopped') ? true : undefined;
  });
  const { stderr } = await running;
  expect(stderr).toContain('no terminal here: running without the screen');
});
