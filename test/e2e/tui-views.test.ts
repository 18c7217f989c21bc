// Every view of the real program in a real terminal, fed by a real SDK.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PacedProvider, startPacedProvider } from '../helpers/paced-provider.ts';
import { cleanEnv, freePort, tempHome, until } from '../helpers/program.ts';
import { type TmuxOptions, TmuxProgram } from '../helpers/tmux.ts';

const home = tempHome();
let provider: PacedProvider;
let port = 0;
let asked = 0;

beforeAll(async () => {
  provider = await startPacedProvider();
  port = await freePort();
});

afterAll(async () => {
  await provider.stop();
  home.remove();
});

async function startScreen(options: Partial<TmuxOptions> = {}): Promise<TmuxProgram> {
  const program = new TmuxProgram({
    env: cleanEnv(home.path, { LUNAROUTE_UI_PORT: '0' }),
    args: ['--port', String(port), '--anthropic-base-url', provider.url],
    ...options,
  });
  await program.shows('LunaRoute 0');
  return program;
}

/** One turn through the real SDK; resolves with the whole answer once the test has ended it. */
function ask(prompt: string, session: string, tools = false) {
  const client = new Anthropic({
    baseURL: `http://127.0.0.1:${port}`,
    apiKey: 'sk-test',
    maxRetries: 0,
  });
  const answered = client.messages
    .stream(
      {
        model: 'claude-opus-5-5',
        max_tokens: 100,
        messages: [{ role: 'user', content: prompt }],
        ...(tools
          ? { tools: [{ name: 'Bash', input_schema: { type: 'object' as const, properties: {} } }] }
          : {}),
      },
      { headers: { 'x-claude-code-session-id': session } },
    )
    .finalText()
    .catch((error: unknown) => String(error));
  asked += 1;
  return { answered, answer: provider.answer(asked - 1) };
}

async function turn(prompt: string, session: string, text: string): Promise<void> {
  const { answered, answer } = ask(prompt, session, true);
  const reply = await answer;
  reply.think('thinking about it');
  reply.say(text);
  reply.callTool('Bash', { command: 'ls' });
  reply.end();
  await answered;
}

test('teaches while empty, then shows every view of what happened', async () => {
  const screen = await startScreen();
  expect(await screen.shows('eval "$(lunaroute env)"')).toContain('1 Live');

  await turn('Please mend the tokenizer', 'aaaa1111-session', 'The tokenizer is mended.');
  await turn('Please write the changelog', 'bbbb2222-session', 'The changelog is written.');
  // The second row is there before its answer has ended.
  const live = await screen.shows('2 requests');
  expect(live).toMatch(/aaaa1111 claude-opus-5-5\s+200\s+1\.0k\s+90%\s+42/);
  expect(live).toContain('bbbb2222');

  screen.keys('2');
  await screen.shows(
    (text) => text.includes('Please mend the tokenizer') && text.includes('FIRST PROMPT'),
  );
  screen.keys('Enter');
  await screen.shows('id bbbb2222-session');
  screen.keys('l');
  await screen.shows(/\[tokens\]/);
  await screen.shows(/1\s+1\.0k\s+900/);
  screen.keys('l');
  await screen.shows(/\[cache\]/);
  screen.keys('l');
  await screen.shows(/│ Bash\s+│\s+1 │/);
  screen.keys('h', 'h', 'h', 'Enter');
  await screen.shows('The changelog is written.');
  expect(screen.screen()).toContain('thinking, 17 characters: t unfolds');
  screen.keys('t');
  await screen.shows('thinking about it');
  for (const [key, wanted] of [
    ['l', '"max_tokens": 100'],
    ['l', '-- answer'],
    ['l', 'x-claude-code-session-id: bbbb2222-session'],
    ['l', 'first token'],
    ['l', 'event: message_start'],
  ] as const) {
    screen.keys(key);
    await screen.shows(wanted);
  }
  screen.keys('6');
  await screen.shows(/Requests\s+2, 0 not completed/);
  await screen.shows(/│ claude-opus-5-5 │\s+2 │/);

  screen.keys('?');
  await screen.shows('Keys of the view stats');
  screen.keys('x').keys(':').type('sess');
  await screen.shows('> view-session');
  screen.keys('Escape', 'q');
  await screen.shows('ended with 0');
});

test('filters the view, and searches all history with a word mistyped', async () => {
  const screen = await startScreen();
  await screen.shows('aaaa1111');
  screen.keys('/').type('tokenizr');
  await screen.shows('nothing matches');
  screen.keys('C-u').type('session:bbbb >500tok');
  await screen.shows((text) => text.includes('bbbb2222') && !text.includes('aaaa1111'));
  screen.keys('Enter').keys('Escape');
  await screen.shows('aaaa1111');

  screen.keys('5').type('tokeniser');
  await screen.shows(/«tokenizer»/);
  screen.keys('Enter', 'Enter');
  await screen.shows((text) => text.includes('[conversation]') && text.includes('«tokenizer»'));
  screen.keys('q');
  await screen.shows('ended with 0');
});

test('shows a running answer grow, and its end', async () => {
  const screen = await startScreen();
  const { answered, answer } = ask('What is the moon made of?', 'cccc3333-session');
  const reply = await answer;
  reply.sayWhole('The moon');
  await screen.shows((text) => /cccc3333.*\brun\b/.test(text) && text.includes('1 running'));
  screen.keys('Enter');
  await screen.shows('The moon');
  reply.sayWhole('is made of rock.');
  await screen.shows((text) => text.includes('The moon') && text.includes('is made of rock.'));
  expect(screen.screen()).toContain('answer, arriving');
  expect(screen.state('pane_title')).toBe('LunaRoute: 1 running');
  reply.end();
  expect(await answered).toBe('The moon is made of rock.');
  await screen.shows((text) => text.includes('completed') && !text.includes('arriving'));
  screen.keys('Escape', 'q');
  await screen.shows('ended with 0');
});

test('fits any size, at any moment', async () => {
  const screen = await startScreen();
  await screen.shows('aaaa1111');
  for (const [columns, rows] of [
    [80, 24],
    [60, 15],
    [200, 60],
    [50, 10],
    [120, 40],
  ] as const) {
    screen.resize(columns, rows);
    const isSmall = columns < 60;
    await screen.shows((text) => {
      const lines = text.trimEnd().split('\n');
      if (isSmall) return text.includes('needs 60x15') && lines.length === 1;
      return lines.length === rows && (lines.at(-1)?.includes('? help') ?? false);
    });
    for (const line of screen.screen().split('\n'))
      expect(line.length).toBeLessThanOrEqual(columns);
  }
  screen.keys('q');
  await screen.shows('ended with 0');
});

test('pauses and goes on, copies a row, exports an exchange', async () => {
  const screen = await startScreen({ env: cleanEnv(home.path, { LUNAROUTE_UI_PORT: '0' }) });
  await screen.shows('aaaa1111');
  screen.keys('p');
  await screen.shows('PAUSED');
  await turn('Please say it again', 'dddd4444-session', 'Again.');
  expect(screen.screen()).not.toContain('dddd4444');
  screen.keys('p');
  await screen.shows('dddd4444');
  screen.keys('Y');
  await screen.shows('session id copied');
  await until('the clipboard', () => {
    const text = screen.tmux('show-buffer');
    return text === 'dddd4444-session' ? text : undefined;
  });
  screen.keys('e');
  await screen.shows('written to');
  const file = readdirSync(screen.folder).find((name) => name.endsWith('.html')) ?? '';
  const page = readFileSync(join(screen.folder, file), 'utf8');
  expect(page).toContain('<dd>dddd4444-session</dd>');
  expect(page).toContain('Again.');
  expect(page).toMatch(/<\/html>\s*$/);
  screen.keys('q');
  await screen.shows('ended with 0');
});
