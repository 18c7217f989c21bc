// The page of the real program in a real browser, fed by a real SDK: every page, what can be done on
// it, and that it never speaks to another server or says an error.
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SqliteSink } from '../../src/store/sqlite-sink.ts';
import {
  axeFaults,
  overflows,
  press,
  startBrowser,
  type Watched,
  watchedPage,
} from '../helpers/browser.ts';
import { databasePath } from '../helpers/history.ts';
import { type PacedProvider, startPacedProvider } from '../helpers/paced-provider.ts';
import {
  cleanEnv,
  freePort,
  pageOf,
  type RunningServer,
  startServer,
  tempHome,
} from '../helpers/program.ts';
import { recordSessions } from '../helpers/screen-history.ts';

const OLD_SESSIONS = 450;
const SESSION = 'aaaa1111-page-session';
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Polls as long as even a starved machine may need. */
const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 20_000 });
const home = tempHome();
let env: Record<string, string>;
let provider: PacedProvider;
let server: RunningServer;
let browser: Browser;
let base: string;
let watched: Watched;
let page: Page;
let asked = 0;

beforeAll(async () => {
  env = cleanEnv(home.path, { LUNAROUTE_UI_PORT: String(await freePort()) });
  provider = await startPacedProvider();
  server = await startServer(env, ['--anthropic-base-url', provider.url]);
  base = await pageOf(server);
  browser = await startBrowser();
});

beforeEach(async () => {
  watched = await watchedPage(browser, base, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page = watched.page;
  return async () => {
    await page.context().close();
    expect(watched.troubles).toEqual([]);
  };
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  await provider.stop();
  home.remove();
});

type Messages = Anthropic.MessageParam[];

function ask(messages: Messages) {
  const client = new Anthropic({ baseURL: server.url, apiKey: 'sk-test', maxRetries: 0 });
  const answered = client.messages
    .stream(
      {
        model: 'claude-opus-5-5',
        max_tokens: 100,
        system: 'You mend things.',
        tools: [{ name: 'Bash', description: 'Runs it.', input_schema: { type: 'object' } }],
        messages,
      },
      { headers: { 'x-claude-code-session-id': SESSION } },
    )
    .finalMessage();
  asked += 1;
  return { answered, answer: provider.answer(asked - 1) };
}

const FIRST: Messages = [
  {
    role: 'user',
    content: [
      { type: 'text', text: 'Please mend the tokenizer, **now**' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PICTURE } },
    ],
  },
];

const shows = (text: string | RegExp) => page.getByText(text).first().waitFor();
const tab = (name: string) => page.getByRole('tab', { name }).click();
const row = (index: number) => page.locator('main [data-row]').nth(index);
/** Rows that are drawn, as text. */
const rows = () => page.locator('main [data-row]').allInnerTexts();

test('teaches while nothing is recorded', async () => {
  await page.goto('/');
  await shows('Nothing has been recorded yet');
  await shows(`ANTHROPIC_BASE_URL=${server.url} claude`);
  await press(page, '2');
  await page.waitForURL('**/sessions');
  await shows('Nothing has been recorded yet');
  await press(page, '4');
  await page.waitForURL('**/analytics');
  await shows('Nothing has been recorded yet');
  await press(page, '3');
  await shows('What can be asked');
  await press(page, 'Escape', '5');
  await shows('max_buffered_body_mb');
  await page.goto('/sessions/no-such-session');
  await shows('is not recorded');
  await page.goto('/exchanges/%E0%A4%A');
  await shows('There is no such page');
  // The browser itself writes of a page that is not there.
  watched.troubles.splice(0, watched.troubles.filter((text) => text.includes('404')).length);
});

test('an answer grows as it comes, and is then shown whole', async () => {
  await page.goto('/');
  await shows('0 running');
  const { answered, answer } = ask(FIRST);
  const reply = await answer;
  await page.locator('section[aria-label="Live"] [data-row]', { hasText: 'run' }).click();
  await page.getByRole('heading', { name: 'claude-opus-5-5' }).waitFor();
  reply.think('Perhaps the last token?');
  reply.sayWhole('First words.');
  const arriving = page.getByLabel('answer, arriving');
  await arriving.getByText('First words.').waitFor();
  reply.sayWhole(
    '\n\nFish &amp; chips &copy;\n\n# Second words\n\n```ts\nexport const done = true;\n```\n',
  );
  await arriving.getByText('Second words').waitFor();
  reply.callTool('Bash', { command: 'npm test' });
  reply.end();
  const message = await answered;
  const answerPart = page.getByLabel('answer', { exact: true });
  await answerPart.getByText('First words.').waitFor();
  expect(await arriving.count()).toBe(0);
  await answerPart.locator('.hljs-keyword', { hasText: 'export' }).waitFor();
  await answerPart.getByText('Fish & chips ©').waitFor();
  await answerPart.locator('.md-h1', { hasText: 'Second words' }).waitFor();
  expect(await page.getByLabel('user').locator('strong').innerText()).toBe('now');
  const picture = page.getByLabel('user').getByRole('img');
  await soon(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);

  expect(await page.getByText('Perhaps the last token?').count()).toBe(0);
  await press(page, 't');
  await shows('Perhaps the last token?');

  const callId = message.content.find((block) => block.type === 'tool_use')?.id ?? '';
  const second = ask([
    ...FIRST,
    { role: 'assistant', content: message.content },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: callId, content: '42 passed' }],
    },
  ]);
  const last = await second.answer;
  last.say('All is well.');
  last.end(7);
  await second.answered;
  await page.getByRole('button', { name: 'next' }).click();
  await shows('All is well.');
  // The call and its result stand together, in the message that asked.
  await page.getByLabel('assistant').getByText('42 passed').waitFor();
  expect(await page.getByLabel('user').getByText('42 passed').count()).toBe(0);

  await page.getByRole('link', { name: /^session aaaa1111/ }).click();
  await soon(rows).toHaveLength(2);
  expect(await page.locator('.tiles').innerText()).toMatch(/Tokens in\s+2\.0k\s+cache read 90%/);
  await tab('Tokens');
  await page.getByRole('img', { name: /^Tokens per exchange/ }).waitFor();
  await tab('Cache');
  await page.getByRole('region', { name: 'Prompt cache' }).getByText('90%').first().waitFor();
  await tab('Tools');
  await page.getByRole('cell', { name: 'Bash' }).waitFor();
  await page.goBack();
  await shows('All is well.');
});

test('an exchange as bytes, headers, times and changes, by address', async () => {
  await page.goto(`/sessions/${SESSION}`);
  await row(1).click();
  await shows('All is well.');
  const address = page.url();
  await press(page, 'd');
  await shows(/3 messages? as before|messages as before/);
  await page.getByLabel('new user').getByText('42 passed').waitFor();

  await page.goto(`${address}?tab=request`);
  await page.getByLabel('Find').fill('42 passed');
  await shows('1 found');
  await page.getByLabel('Find').fill('');
  await page.getByRole('button', { name: 'tools: [ 1 ]' }).click();
  await page.getByRole('button', { name: '0: { 3 }' }).waitFor();
  await page.getByRole('button', { name: 'Copy' }).first().click();
  await shows('Copied');
  const copied: unknown = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(copied).toMatchObject({ model: 'claude-opus-5-5', max_tokens: 100 });
  const { path } = await download(page.getByRole('link', { name: 'Download' }).click());
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(copied);

  await tab('Response');
  await shows(/^▾.*\[ \d+ \]$/);
  await page.getByLabel('Find').fill('All is well');
  await shows('1 found');
  await tab('Headers');
  await shows('x-claude-code-session-id');
  await shows('Response: status 200');
  await tab('Timing');
  await page.getByRole('cell', { name: 'added by LunaRoute' }).waitFor();
  expect(new URL(page.url()).search).toBe('?tab=timing');

  const file = await download(page.getByRole('link', { name: 'Export' }).click());
  expect(readFileSync(file.path, 'utf8')).toContain('All is well.');
});

async function download(click: Promise<void>) {
  const [begun] = await Promise.all([page.waitForEvent('download'), click]);
  const path = join(mkdtempSync(join(home.path, 'download-')), 'file');
  await begun.saveAs(path);
  return { path, name: begun.suggestedFilename() };
}

test('lists, filters and sorts all sessions, and comes back to where one was', async () => {
  const sink = new SqliteSink({
    path: databasePath(home.path),
    instanceId: 'earlier',
    onNotice: () => {},
    now: Date.now,
  });
  recordSessions(sink, OLD_SESSIONS, Date.now());
  sink.close();

  await page.goto('/sessions');
  await shows('Please mend the tokenizer');
  await page.getByLabel('Text').fill('migration');
  await soon(async () => (await rows()).every((text) => /migration/.test(text))).toBe(true);
  await page.getByLabel('Client').selectOption('codex');
  await soon(async () => (await rows()).every((text) => /codex/.test(text))).toBe(true);
  const link = page.url();
  expect(new URL(link).search).toBe('?q=migration&client=codex');
  await page.getByLabel('Model').fill('no such model');
  await page.getByRole('button', { name: 'Show all sessions' }).click();
  await page.waitForURL('**/sessions');
  await page.goto(link);
  await soon(async () => (await rows()).every((text) => /codex/.test(text))).toBe(true);
  expect(await page.getByLabel('Text').inputValue()).toBe('migration');

  await page.goto('/sessions');
  await page.getByRole('button', { name: 'in', exact: true }).click();
  await page.waitForURL('**/sessions?sort=input');
  await soon(async () => (await rows())[0]).toMatch(/40\.0k/);

  // The list goes on until its end, and only what is seen is drawn.
  const list = page.getByRole('group', { name: 'Sessions' });
  await soon(async () => {
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    return (await rows()).at(-1);
  }).toMatch(/Please mend the tokenizer/);
  expect(await page.locator('main [data-row]').count()).toBeLessThan(100);
  const place = await list.evaluate((element) => element.scrollTop);
  await page.locator('main [data-row]').last().click();
  await page.getByRole('heading', { name: 'Please mend the tokenizer, **now**' }).waitFor();
  await page.goBack();
  await soon(() => list.evaluate((element) => element.scrollTop)).toBe(place);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/tokenizer/);
});

test('is used by keys alone', async () => {
  await page.goto('/sessions');
  await row(0).waitFor();
  await press(page, 'j', 'j', 'k');
  const first = await row(0).innerText();
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).innerText)).toBe(first);
  await press(page, 'j', 'Enter');
  await page.getByRole('tab', { name: 'Timeline' }).waitFor();
  await row(0).waitFor();
  await press(page, 'j', 'Enter');
  await page.getByRole('tab', { name: 'Conversation' }).waitFor();
  await press(page, ']');
  await press(page, 'Escape');
  await page.getByRole('tab', { name: 'Timeline' }).waitFor();
  await press(page, '?');
  await page.getByRole('dialog').getByText('next and previous row').waitFor();
  await press(page, 'Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await press(page, '1');
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  await press(page, '/');
  await page.waitForURL('**/search');
  await page.getByRole('searchbox').fill('tokenizer');
  await page.locator('mark', { hasText: 'tokenizer' }).first().waitFor();
  expect(new URL(page.url()).search).toBe('?q=tokenizer');
  await press(page, 'Escape', 'j', 'Enter');
  await page.getByLabel('user').getByText('tokenizer').waitFor();
});

test('the numbers of a span, by model, tool and client', async () => {
  await page.goto('/?range=7d');
  await page.getByRole('region', { name: 'Models' }).getByText('gpt-5.5-codex').waitFor();
  await page.getByRole('region', { name: 'Tools' }).getByText('Bash').waitFor();
  await page.getByRole('region', { name: 'Clients' }).getByText('claude').waitFor();
  await page.getByRole('region', { name: 'Not completed' }).getByText('overloaded_error').waitFor();
  await page.getByRole('img', { name: /^Cost\. cost: up to \$/ }).waitFor();
  await page.getByRole('button', { name: '30 days' }).click();
  await page.waitForURL('**/?range=30d');
  await page.goto('/analytics?range=30d');
  await page.getByRole('img', { name: /^Input read from the cache\. share: up to/ }).waitFor();
  await page.getByRole('cell', { name: 'tokens per second' }).waitFor();
  await page.goto('/settings');
  await page.getByRole('searchbox').fill('max_buffered');
  await soon(() => page.locator('.settings li').count()).toBe(1);
});

test('keeps and deletes a session, when one is sure', async () => {
  await page.goto('/sessions?q=0007beef');
  await row(0).click();
  await page.getByRole('button', { name: 'Pin', exact: true }).click();
  await page.getByRole('button', { name: 'Pinned' }).click();
  await page.getByRole('button', { name: 'Pin', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Delete …' }).click();
  await page.getByRole('button', { name: 'Keep it' }).click();
  const file = await download(page.getByRole('link', { name: 'Export' }).click());
  expect(readFileSync(file.path, 'utf8')).toContain('all 42 tests passed');
  await page.getByRole('button', { name: 'Delete …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.waitForURL('**/sessions');
  const answer = await fetch(`${base}/api/v1/sessions/0007beef-session`);
  expect(answer.status).toBe(404);
  await page.goto('/sessions?q=0007beef');
  await shows('No session fits these filters');
});

const exchangeTab = (id: string) => (name: string) => `/exchanges/${id}?tab=${name}`;
const sessionTab = (name: string) => `/sessions/${SESSION}?tab=${name}`;

/** Every page; in the other look only what is laid out or coloured in another way there. */
function lookedAt(isAll: boolean, id: string): string[] {
  const some = ['/?range=7d', '/sessions', sessionTab('timeline'), '/search?q=tokenizer'];
  if (!isAll) return [...some, ...['conversation', 'request'].map(exchangeTab(id))];
  return [
    ...some,
    ...['tokens', 'cache', 'tools'].map(sessionTab),
    ...['conversation', 'changes', 'request', 'headers', 'timing'].map(exchangeTab(id)),
    '/analytics?range=7d',
    '/settings',
  ];
}

test.each([
  ['dark', 1440],
  ['light', 390],
] as const)(
  'axe finds nothing serious, %s, and nothing sticks out of %i px',
  { timeout: 120_000 },
  async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    const answer = await fetch(`${base}/api/v1/sessions/${SESSION}/exchanges`);
    const { items }: { items: { id: string }[] } = await answer.json();
    const faults: string[] = [];
    for (const path of lookedAt(width > 1000, items[1]?.id ?? '')) {
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await soon(() => page.locator('.loading').count()).toBe(0);
      for (const fault of [...(await axeFaults(page)), ...(await overflows(page))]) {
        faults.push(`${path}: ${fault}`);
      }
    }
    expect(faults).toEqual([]);
  },
);

test('says that the server is gone, and goes on when it is back', async () => {
  await page.goto('/sessions');
  await shows('0 running');
  await server.stop();
  await page.getByRole('alert').getByText('LunaRoute does not answer').waitFor();
  server = await startServer(env, ['--anthropic-base-url', provider.url]);
  await soon(() => page.getByRole('alert').count()).toBe(0);
  await shows('0 running');
  watched.troubles.length = 0;
});
