// npm run shots:web -- [FOLDER] [PART OF A NAME]
// Pictures of every page, light and dark, wide and narrow, with nothing, with one and with 10,000
// sessions recorded: to be looked at. docs/web-*.png are two of them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page as BrowserPage } from 'playwright-core';
import type { ExchangeLine, SessionSummary } from '../../src/core/ports.ts';
import { SqliteSink } from '../../src/store/sqlite-sink.ts';
import type { Page } from '../../src/web/api-types.ts';
import { startBrowser, watchedPage } from '../../test/helpers/browser.ts';
import { cleanEnv, pageOf, startServer, tempHome } from '../../test/helpers/program.ts';
import { recordSessions } from '../../test/helpers/screen-history.ts';

const folder = process.argv[2] ?? '/tmp/lunaroute-shots';
const only = process.argv[3] ?? '';
const LOOKS = [
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { name: 'light', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'dark-phone', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  { name: 'light-phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const;

async function pagesOf(base: string): Promise<[string, string][]> {
  const read = async <T>(path: string): Promise<Page<T>> =>
    (await fetch(`${base}/api/v1/${path}`)).json();
  const sessions = await read<SessionSummary>('sessions?limit=1&sort=requests');
  const session = sessions.items[0]?.sessionId;
  const pages: [string, string][] = [
    ['dashboard', '/?range=7d'],
    ['sessions', '/sessions'],
    ['search', '/search'],
    ['search-hits', '/search?q=tests'],
    ['analytics', '/analytics?range=7d'],
    ['settings', '/settings'],
  ];
  if (session === undefined) return pages;
  const exchanges = await read<ExchangeLine>(`sessions/${encodeURIComponent(session)}/exchanges`);
  const last = exchanges.items.at(-1)?.id;
  return [
    ...pages,
    ...['timeline', 'tokens', 'cache', 'tools'].map((tab): [string, string] => [
      `session-${tab}`,
      `/sessions/${encodeURIComponent(session)}?tab=${tab}`,
    ]),
    ...['conversation', 'changes', 'request', 'response', 'headers', 'timing'].map(
      (tab): [string, string] => [`exchange-${tab}`, `/exchanges/${last}?tab=${tab}`],
    ),
  ];
}

async function shoot(browser: Browser, base: string, kind: string): Promise<void> {
  const pages = await pagesOf(base);
  for (const { name, ...look } of LOOKS) {
    const { page, troubles } = await watchedPage(browser, base, look);
    for (const [title, path] of pages) {
      if (!`${kind}-${title}-${name}`.includes(only)) continue;
      await page.goto(path);
      await settle(page);
      await page.screenshot({ path: join(folder, `${kind}-${title}-${name}.png`) });
    }
    if (troubles.length > 0) console.log(kind, name, troubles);
    await page.context().close();
  }
}

async function settle(page: BrowserPage): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await page.waitForFunction(() => document.querySelector('.loading') === null);
  await page.waitForTimeout(250);
}

async function run(kind: string, prepare: (home: string) => void): Promise<void> {
  const home = tempHome();
  const env = cleanEnv(home.path, { LUNAROUTE_UI_PORT: '0' });
  prepare(home.path);
  const server = await startServer(env);
  const base = await pageOf(server);
  const browser = await startBrowser();
  await shoot(browser, base, kind);
  await browser.close();
  await server.stop();
  home.remove();
}

mkdirSync(folder, { recursive: true });
const fill = (count: number) => (home: string) => {
  mkdirSync(join(home, '.lunaroute'), { recursive: true, mode: 0o700 });
  const path = join(home, '.lunaroute/sessions.db');
  const sink = new SqliteSink({ path, instanceId: 'shots', onNotice: () => {}, now: Date.now });
  recordSessions(sink, count, Date.now());
  sink.close();
};
await run('empty', () => {});
await run('one', fill(1));
await run('many', fill(10_000));
