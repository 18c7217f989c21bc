// Every page of the real program in a real browser, with what the real Claude Code and Codex said: the
// browser can resolve no name and reach nothing but this machine, as with the network off.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page as BrowserPage } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ExchangeLine, SessionSummary } from '../../src/core/ports.ts';
import type { Page } from '../../src/web/api-types.ts';
import {
  axeFaults,
  overflows,
  startBrowser,
  type Watched,
  watchedPage,
} from '../helpers/browser.ts';
import { claude, codex, configureProviders } from '../helpers/clients.ts';
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider.ts';
import {
  cleanEnv,
  pageOf,
  type RunningServer,
  startServer,
  tempHome,
  until,
} from '../helpers/program.ts';

/** No name but this address is one: what Chromium itself would like to ask fails, too. */
const OFFLINE = ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'];
const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 });
const home = tempHome();
let provider: FakeProvider;
let server: RunningServer;
let browser: Browser;
let base: string;
let watched: Watched;
let page: BrowserPage;

beforeAll(async () => {
  // What the clients are told to run: its output takes a while to be told, and holds no digits, which
  // redaction would keep back until it knows what they become.
  process.env['FAKE_CMD'] = 'echo lab-tool-$((40+2)) $(yes moon | head -50)';
  provider = await startFakeProvider(join(home.path, 'fake.jsonl'));
  configureProviders(home.path, provider.url);
  server = await startServer(cleanEnv(home.path, { LUNAROUTE_UI_PORT: '0' }));
  base = await pageOf(server);
  browser = await startBrowser(OFFLINE);
  for (const run of [await claude(server.port), await codex(server.port, { MODE: 'cfg' })]) {
    expect(run.output).toContain('LAB-FINAL-OK tool said');
  }
}, 180_000);

beforeEach(async () => {
  watched = await watchedPage(browser, base);
  page = watched.page;
});

afterEach(async () => {
  await page.context().close();
  expect(watched.troubles).toEqual([]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  provider.stop();
  home.remove();
});

async function read<T>(path: string): Promise<T> {
  return (await fetch(`${base}/api/v1/${path}`)).json() as Promise<T>;
}

async function sessionOf(client: string): Promise<SessionSummary> {
  return await until(`a session of ${client}`, async () => {
    const { items } = await read<Page<SessionSummary>>(`sessions?client=${client}`);
    return items.find(({ requests }) => requests === 2);
  });
}

const shows = (text: string | RegExp) => page.getByText(text).first().waitFor();
const tab = (name: string) => page.getByRole('tab', { name, exact: true }).click();
const rows = () => page.locator('main [data-row]').allInnerTexts();
const region = (name: string) => page.getByRole('region', { name, exact: true });

test('the browser is offline, all but this machine', async () => {
  const refused = await page
    .goto('http://lunaroute.example/')
    .then(() => 'answered')
    .catch((error: Error) => error.message);
  expect(refused).toContain('ERR_NAME_NOT_RESOLVED');
  expect(watched.troubles.splice(0)).toEqual([
    'request: http://lunaroute.example/',
    'failed: http://lunaroute.example/ net::ERR_NAME_NOT_RESOLVED',
  ]);
});

test('Dashboard and Analytics sum up what both clients used', async () => {
  await page.goto('/');
  // 2 × 10,500 of Claude Code, 3 × 2,000 of Codex with its warm-up.
  await soon(() => page.locator('.tiles').innerText()).toMatch(/Tokens in\s+27\.0k/);
  await soon(() => page.locator('.tiles').innerText()).toMatch(/Sessions\s+2\s/);
  await region('Models')
    .getByText(/^claude-/)
    .first()
    .waitFor();
  await region('Models').getByText(/^gpt-/).first().waitFor();
  await region('Tools').getByText('Bash').waitFor();
  await region('Clients').getByText('codex').waitFor();
  await page.getByRole('link', { name: 'Analytics' }).click();
  await region('Models')
    .getByText(/^claude-/)
    .first()
    .waitFor();
  await page.getByRole('cell', { name: 'first token' }).waitFor();
  await page.getByRole('button', { name: '30 days' }).click();
  await page.waitForURL('**/analytics?range=30d');
  await page.goBack();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
});

test('Sessions are filtered, Search finds what was said, Back comes back', async () => {
  await page.goto('/sessions');
  await soon(async () => (await rows()).length).toBe(2);
  await page.getByLabel('Client').selectOption('codex');
  await soon(async () => (await rows()).length).toBe(1);
  expect((await rows())[0]).toContain('gpt-');
  await page.getByLabel('Client').selectOption('');
  await page.getByLabel('Model').fill('claude');
  await soon(async () => (await rows()).join()).toMatch(/^(?!.*gpt-).*claude/s);
  const filtered = page.url();
  expect(new URL(filtered).search).toBe('?model=claude');
  await page.getByRole('link', { name: 'Search' }).click();
  await page.getByRole('searchbox').fill('"lab-tool-42"');
  await page.locator('mark').first().waitFor();
  const hit = page.url();
  await page.locator('main [data-row]').first().click();
  await page.getByRole('tab', { name: 'Conversation' }).waitFor();
  await page.goBack();
  expect(page.url()).toBe(hit);
  await page.locator('mark').first().waitFor();
  await page.goBack();
  expect(page.url()).toBe(filtered);
  await soon(async () => (await rows()).length).toBe(1);
});

test.each(['claude-code', 'codex'])(
  'a session of %s and its exchange, tab by tab, by their addresses',
  async (client) => {
    const { sessionId } = await sessionOf(client);
    await page.goto(`/sessions/${sessionId}`);
    await soon(async () => (await rows()).length).toBeGreaterThan(1);
    await soon(() => page.locator('.tiles').innerText()).toMatch(/Tool calls\s+1/);
    await tab('Tokens');
    await page.getByRole('img', { name: /^Tokens per exchange/ }).waitFor();
    await tab('Cache');
    await region('Prompt cache').waitFor();
    await tab('Tools');
    await page.locator('main td').first().waitFor();
    await tab('Timeline');
    await page.locator('main [data-row]').last().click();
    const answer = page.getByLabel('answer', { exact: true });
    await answer.getByText('LAB-FINAL-OK').waitFor();
    // The tool's result stands with its call.
    await page.getByLabel('assistant').getByText('lab-tool-42').first().waitFor();
    const address = page.url();
    await page.goto(`${address}?tab=request`);
    await page.getByLabel('Find').fill('lab-tool-42');
    await shows(/^\d+ found$/);
    await tab('Response');
    await page.getByLabel('Find').fill('LAB-FINAL-OK');
    await shows(/^\d+ found$/);
    await tab('Changes');
    await shows(/as before/);
    await tab('Headers');
    await page.locator('main dt').first().waitFor();
    await tab('Timing');
    await page.getByRole('cell', { name: 'added by LunaRoute' }).waitFor();
    await page.goBack();
    expect(page.url()).toBe(address);
    await answer.getByText('LAB-FINAL-OK').waitFor();
    await page.getByRole('button', { name: 'previous' }).click();
    await soon(() => page.url()).not.toBe(address);
  },
);

test('an answer grows while Claude Code reads it', async () => {
  await provider.setMode('slow');
  const running = claude(server.port);
  const id = await until(
    'the second request, running',
    async () => {
      const { items } = await read<Page<ExchangeLine>>('exchanges?limit=2');
      const [second, first] = items;
      const isLast = second?.outcome === null && first?.sessionId === second.sessionId;
      return isLast && first?.outcome === 'completed' ? second.id : undefined;
    },
    60_000,
  );
  await page.goto(`/exchanges/${id}`);
  const arriving = page.getByLabel('answer, arriving');
  // Pieces of twelve characters, 200 ms apart: what the command wrote comes last.
  await arriving.getByText('LAB-FINAL-OK').waitFor();
  const before = (await arriving.innerText()).length;
  await soon(async () => (await arriving.innerText()).length).toBeGreaterThan(before);
  const whole = page.getByLabel('answer', { exact: true });
  await whole.getByText(/lab-tool-42 (?:moon ){30}/).waitFor();
  expect(await arriving.count()).toBe(0);
  await provider.setMode('normal');
  const { code, output } = await running;
  expect([code, output]).toEqual([0, expect.stringContaining('lab-tool-42')]);
});

test('every page reads well to all, dark and light, wide and narrow', async () => {
  const { sessionId } = await sessionOf('claude-code');
  const { items } = await read<Page<ExchangeLine>>(`sessions/${sessionId}/exchanges`);
  const exchange = `/exchanges/${items.at(-1)?.id}`;
  const paths = [
    ...['/', '/sessions', '/search?q=lab', '/analytics', '/settings'],
    ...['timeline', 'tokens', 'cache', 'tools'].map((name) => `/sessions/${sessionId}?tab=${name}`),
    ...['conversation', 'changes', 'request', 'response', 'headers', 'timing'].map(
      (name) => `${exchange}?tab=${name}`,
    ),
  ];
  const faults: string[] = [];
  for (const [colorScheme, width] of [
    ['dark', 1440],
    ['light', 1440],
    ['dark', 390],
    ['light', 390],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    for (const path of paths) {
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await soon(() => page.locator('.loading').count()).toBe(0);
      for (const fault of [...(await axeFaults(page)), ...(await overflows(page))]) {
        faults.push(`${path}, ${colorScheme}, ${width}: ${fault}`);
      }
    }
  }
  expect(faults).toEqual([]);
});

test('a session is exported, kept, and deleted', async () => {
  const { sessionId } = await sessionOf('codex');
  await page.goto(`/sessions/${sessionId}`);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export' }).click(),
  ]);
  const path = join(home.path, 'export.html');
  await file.saveAs(path);
  expect(readFileSync(path, 'utf8')).toContain('LAB-FINAL-OK');
  await page.getByRole('button', { name: 'Pin', exact: true }).click();
  await page.getByRole('button', { name: 'Pinned' }).click();
  await page.getByRole('button', { name: 'Delete …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.waitForURL('**/sessions');
  const answer = await fetch(`${base}/api/v1/sessions/${sessionId}`);
  expect(answer.status).toBe(404);
  await soon(async () => (await rows()).join()).not.toContain('gpt-');
});
