// Nothing that comes over the wire may run on the page, leave the server, or break the layout: each
// field that a client or a provider can fill carries scripts, handlers, links, pictures, markdown
// tricks, controls, and lines of a megabyte. Every page and every tab that shows them is looked at.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { overflows, startBrowser, type Watched, watchedPage } from '../helpers/browser.ts';
import { CARRIED, END, RAN } from '../helpers/hostile-page.ts';
import {
  cleanEnv,
  pageOf,
  type RunningServer,
  startServer,
  tempHome,
  until,
} from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

/** Polls as long as even a starved machine may need. */
const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 20_000 });
const home = tempHome();
let provider: ScriptedProvider;
let server: RunningServer;
let browser: Browser;
let base: string;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  provider = await startScriptedProvider((_req, res) =>
    CARRIED[provider.requests.length - 1]?.answer(res),
  );
  server = await startServer(cleanEnv(home.path, { LUNAROUTE_UI_PORT: '0' }), [
    ...['--anthropic-base-url', provider.url],
    ...['--openai-base-url', provider.url],
  ]);
  base = await pageOf(server);
  browser = await startBrowser();
  watched = await watchedPage(browser, base);
  page = watched.page;
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  await provider.stop();
  home.remove();
});

async function read<T>(path: string): Promise<T> {
  return (await fetch(`${base}/api/v1/${path}`)).json() as Promise<T>;
}

interface Line {
  readonly id: string;
  readonly sessionId: string;
  readonly outcome: string | null;
}

/** As a link of the page leads there: without loading it anew. */
async function visit(path: string): Promise<void> {
  await page.evaluate((to) => {
    window.history.pushState(null, '', to);
    window.dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await page.locator('main h1').first().waitFor();
  await soon(() => page.locator('.loading').count()).toBe(0);
}

/** The first tabs show most; the others of every second one are enough to see each kind of text there. */
const SESSION_TABS = ['timeline', 'tools', 'cache'];
const EXCHANGE_TABS = ['conversation', 'request', 'changes', 'headers', 'response', 'timing'];

function tabs(path: string, names: readonly string[], index: number): string[] {
  const wanted = index % 2 === 0 ? names : names.slice(0, Math.ceil(names.length / 3));
  return wanted.map((name) => `${path}?tab=${name}`);
}

/** What must not be in a page, whatever was said; the page's own drawings are `.icon`. */
function strangers(): Promise<string[]> {
  return page.evaluate(() => {
    const { origin } = window.location;
    const forbidden =
      'script:not([src^="/assets/"]), iframe, object, embed, base, form:not([role=search]):not([method=dialog]), style, math, svg:not(.icon), audio, video, link';
    const isOwn = (element: Element): boolean =>
      element instanceof HTMLLinkElement && element.href.startsWith(`${origin}/assets/`);
    const elements = [...document.querySelectorAll(forbidden)].filter((element) => !isOwn(element));
    const withHandler = [...document.querySelectorAll('*')].filter((element) =>
      element.getAttributeNames().some((name) => /^on/i.test(name)),
    );
    const links = [...document.querySelectorAll('main a')].filter(
      (link) => !/^(?:\/[^/]|https?:\/\/)/.test(link.getAttribute('href') ?? ''),
    );
    const foreign = [
      ...document.querySelectorAll<HTMLAnchorElement>('main a[href^="http"]'),
    ].filter(({ rel, target }) => !rel.includes('noopener') || target !== '_blank');
    const pictures = [...document.querySelectorAll('img')].filter(
      (image) => !/^data:image\/(?:png|jpeg|gif|webp|avif);/.test(image.getAttribute('src') ?? ''),
    );
    return [...elements, ...withHandler, ...links, ...foreign, ...pictures].map((element) =>
      element.outerHTML.slice(0, 200),
    );
  });
}

/** Marks that turn a line around would be seen as something else than what stands there. */
function deceiving(): Promise<boolean> {
  return page.evaluate(() => /[\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText));
}

async function faults(path: string): Promise<string[]> {
  const found = [
    ...(await strangers()),
    ...(await overflows(page)),
    ...((await deceiving()) ? ['bidi overrides'] : []),
    ...((await page.getByText('This page has failed').count()) > 0 ? ['failed'] : []),
    ...((await page.getByRole('link', { name: 'Settings' }).isVisible()) ? [] : ['no navigation']),
  ];
  return found.map((fault) => `${path}: ${fault}`);
}

test('hostile text is shown as text on every page', { timeout: 240_000 }, async () => {
  // Also while it arrives: the live list sees all of it.
  await page.goto('/');
  for (const { path, headers, body } of CARRIED) {
    const answer = await fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'sk-test', ...headers },
      body,
    });
    await answer.arrayBuffer();
  }
  expect(provider.requests).toHaveLength(CARRIED.length);
  const { items } = await until(
    'all of it in the history',
    async () => {
      const lines = await read<{ items: Line[] }>('exchanges');
      const done = lines.items.filter(({ outcome }) => outcome !== null).length;
      return done === CARRIED.length ? lines : undefined;
    },
    60_000,
  );

  const paths = [
    '/?range=today',
    '/sessions',
    '/analytics?range=today',
    `/search?q=${END}`,
    ...items.flatMap(({ id, sessionId }, index) => [
      ...tabs(`/sessions/${encodeURIComponent(sessionId)}`, SESSION_TABS, index),
      ...tabs(`/exchanges/${id}`, EXCHANGE_TABS, index),
    ]),
  ];
  const found: string[] = [];
  let conversations = 0;
  for (const path of paths) {
    await visit(path);
    if (path.endsWith('conversation')) {
      // Everything that is folded, too.
      await page.evaluate(() => {
        const folds = document.querySelectorAll<HTMLElement>('main summary, main button.more');
        for (const fold of folds) fold.click();
      });
      if ((await page.getByText(END).count()) > 0) conversations += 1;
    }
    found.push(...(await faults(path)));
  }
  expect(found).toEqual([]);
  expect(watched.troubles).toEqual([]);
  expect(await page.evaluate((name) => Reflect.get(window, name), RAN)).toBeUndefined();
  expect(conversations).toBe(CARRIED.length - 1);

  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of paths.filter((other) => /^[^?]*$|timeline|conversation|headers/.test(other))) {
    await visit(path);
    found.push(...(await faults(path)));
  }
  expect(found).toEqual([]);
});
