// With a token of the proxy's own and one for the page, the browser signs in once: reading, live
// events and changes all work, and without the password nothing is shown.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerAnthropic } from '../helpers/anthropic-provider.ts';
import { startBrowser, watchedPage } from '../helpers/browser.ts';
import { cleanEnv, pageOf, startServer, tempHome } from '../helpers/program.ts';
import { startScriptedProvider } from '../helpers/scripted-provider.ts';

const PROXY_TOKEN = 'proxy-token-0123456789';
const PAGE_TOKEN = 'page-token-0123456789';

test('the page works behind both tokens', { timeout: 120_000 }, async ({ onTestFinished }) => {
  const home = tempHome();
  onTestFinished(() => home.remove());
  const provider = await startScriptedProvider((_req, res) =>
    answerAnthropic(res, { pieces: ['Moons ', 'of ', 'Jupiter.'] }),
  );
  onTestFinished(() => provider.stop());
  const file = join(home.path, 'config.yaml');
  writeFileSync(file, `ui: {port: 0, auth_token: ${PAGE_TOKEN}}\n`);
  const env = cleanEnv(home.path, {
    LUNAROUTE_ANTHROPIC_BASE_URL: provider.url,
    LUNAROUTE_AUTH_TOKEN: PROXY_TOKEN,
  });
  const server = await startServer(env, ['--config', file]);
  onTestFinished(async () => void (await server.stop()));
  const base = await pageOf(server);
  const browser = await startBrowser();
  onTestFinished(() => browser.close());
  const httpCredentials = { username: 'me', password: PAGE_TOKEN, origin: base };
  const { page, troubles } = await watchedPage(browser, base, { httpCredentials });
  const ask = async (token: string): Promise<number> => {
    const answer = await fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': 'sk-ant-lab',
        'x-lunaroute-token': token,
        'x-session-id': 'signed-in',
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        model: 'claude-opus-5-5',
        messages: [{ role: 'user', content: 'which moons?' }],
      }),
    });
    await answer.text();
    return answer.status;
  };
  await page.goto('/');
  await page.getByText('Nothing has been recorded yet').waitFor();
  // Seen by its events: the page is not loaded anew.
  expect([await ask('wrong'), await ask(PROXY_TOKEN)]).toEqual([401, 200]);
  await page.locator('section[aria-label="Live"] [data-row]').first().click();
  await page.getByText('Moons of Jupiter.').waitFor();
  await page.getByRole('link', { name: /^session signed-in/ }).click();
  await page.getByRole('button', { name: 'Pin', exact: true }).click();
  await page.getByRole('button', { name: 'Pinned' }).waitFor();
  await page.getByRole('button', { name: 'Delete …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.waitForURL('**/sessions');
  await page.goto('/settings');
  await page.getByText('auth_token').first().waitFor();
  expect(await page.content()).not.toMatch(new RegExp(`${PROXY_TOKEN}|${PAGE_TOKEN}`));
  expect(troubles).toEqual([]);
  for (const path of ['/', '/api/v1/overview', '/api/v1/live']) {
    expect([path, (await fetch(base + path)).status]).toEqual([path, 401]);
  }
});
