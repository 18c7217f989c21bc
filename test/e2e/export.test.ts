// `lunaroute export` as a person runs it, and its page in a real browser.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_SESSION, hostileItems, recordItems } from '../helpers/hostile-history.ts';
import { cleanEnv, runProgram, type TempHome, tempHome } from '../helpers/program.ts';
import { endItem, requestItem, START, tempFolder } from '../helpers/store-items.ts';

const CHROMIUM = process.env['LUNAROUTE_CHROMIUM'] ?? '/usr/bin/chromium';

let home: TempHome;

beforeAll(() => {
  home = tempHome();
});

afterAll(() => home.remove());

function run(database: string, args: readonly string[], env: Record<string, string> = {}) {
  return runProgram(['export', '--sessions-db', database, ...args], cleanEnv(home.path, env));
}

describe('the page in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  });

  afterAll(() => browser.close());

  /** Opens a file with scripts allowed, and gathers what must not happen. */
  async function open(file: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const troubles: string[] = [];
    const url = pathToFileURL(file).href;
    context.on('request', (request) => {
      if (request.url() !== url) troubles.push(`request: ${request.url()}`);
    });
    page.on('console', (message) => troubles.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(url);
    return { page, troubles };
  }

  // As text: the browser's own names are no part of the tests' types.
  const colours = (page: Page): Promise<string[]> =>
    page.evaluate(
      '(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))',
    );

  it('asks for nothing, runs nothing, and shows hostile text as text', async () => {
    const file = join(tempFolder(), 'session.html');
    const result = await run(recordItems(hostileItems()), [HOSTILE_SESSION, '-o', file]);
    expect(result, result.stderr).toMatchObject({ code: 0, stdout: '' });
    const { page, troubles } = await open(file);
    expect(await page.locator('article').count()).toBe(3);
    expect(await page.locator('script, img, link, iframe, object, form, a').count()).toBe(0);
    expect(await page.locator('[onmouseover], [onerror]').count()).toBe(0);
    expect(await page.title()).toContain('prompt </script>');
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    const text = await page.locator('main').innerText();
    for (const said of ['prompt <', 'answer 2 <', 'thinking <', 'result <', 'task <', 'system <']) {
      expect(text).toContain(`${said}/script></pre></details><script>`);
    }
    expect(troubles).toEqual([]);
  });

  it('is readable with scripts off, dark and light, on a phone', async () => {
    const file = join(tempFolder(), 'session.html');
    await run(recordItems(hostileItems()), [HOSTILE_SESSION, '-o', file]);
    const seen = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const viewport = { width: 390, height: 800 };
      const { page, troubles } = await open(file, {
        colorScheme,
        viewport,
        javaScriptEnabled: false,
      });
      seen.push(await colours(page));
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      expect(width).toBeLessThanOrEqual(viewport.width);
      expect(troubles).toEqual([]);
    }
    expect(seen).toEqual([
      ['rgb(27, 31, 36)', 'rgb(255, 255, 255)'],
      ['rgb(228, 231, 235)', 'rgb(20, 23, 27)'],
    ]);
  });
});

describe('what is exported', () => {
  const SECRET = 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP';
  const MAIL = 'jane.doe@lunar-mail.com';

  function withSecrets(): string {
    const said = `my key is ${SECRET}, write to ${MAIL}`;
    const request = requestItem(
      {
        promptPreview: said,
        requestHeaders: ['content-type', 'application/json', 'x-note', SECRET],
        target: `/v1/messages?key=${SECRET}`,
      },
      { model: 'claude-opus-5-5', messages: [{ role: 'user', content: said }] },
    );
    const parts = [
      { type: 'text', text: said },
      { type: 'tool-call', id: 'c1', name: 'Bash', arguments: JSON.stringify({ mail: MAIL }) },
    ] as const;
    const end = endItem(request.request, { parts, errorMessage: said }, { answer: said });
    return recordItems([request, end]);
  }

  it('is redacted further with --redact, in every format', async () => {
    const database = withSecrets();
    const plain = await run(database, ['session-1', '--format', 'jsonl']);
    expect(plain.stdout.split(SECRET).length).toBeGreaterThan(5);
    for (const format of ['html', 'md', 'json', 'jsonl', 'har', 'raw']) {
      const redacted = await run(database, ['session-1', '--format', format, '--redact']);
      expect(redacted.code, redacted.stderr).toBe(0);
      expect(redacted.stdout, format).toContain('my key is ');
      expect(redacted.stdout, format).not.toContain(SECRET.slice(0, 20));
      expect(redacted.stdout, format).not.toContain('jane.doe');
      if (format === 'json' || format === 'har') JSON.parse(redacted.stdout);
    }
  });

  it('is chosen by session, exchange, last or --since; the format by name or file', async () => {
    const database = withSecrets();
    const json = await run(database, ['exchange-1', '--json']);
    expect(JSON.parse(json.stdout).sessions[0].exchanges[0].id).toBe('exchange-1');
    expect((await run(database, ['last'])).stdout).toMatch(/^# my key is/);
    const file = join(tempFolder(), 'all.jsonl');
    const since = new Date(START - 1000).toISOString();
    const all = await run(database, ['--since', since, '-o', file]);
    expect(all.stderr).toContain(`wrote ${file}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8')).request.id).toBe('exchange-1');
    expect(
      (await run(database, ['session-1', '--format', 'raw', '--body', 'request'])).stdout,
    ).toBe(
      `{"model":"claude-opus-5-5","messages":[{"role":"user","content":"my key is ${SECRET}, write to ${MAIL}"}]}`,
    );
  });

  it('says what is wrong, and leaves no file', async () => {
    const database = withSecrets();
    const folder = tempFolder();
    const file = join(folder, 'x.html');
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [[], 2, /nothing to export was named/],
      [['last', '--since', '7d'], 2, /not both/],
      [['nothing'], 1, /no session begins with nothing/],
      [['last', '-o', join(folder, 'x.txt')], 2, /does not say which format/],
      [['last', '-o', join(folder, 'none', 'x.html')], 1, /cannot write/],
      [['last', '--body', 'request'], 2, /--body is for/],
      [['last', '--format', 'pdf'], 2, /html, md, json, jsonl, har, raw/],
    ];
    for (const [args, code, message] of cases) {
      const result = await run(database, args);
      expect(result.stderr).toMatch(message);
      expect(result.code, args.join(' ')).toBe(code);
    }
    await run(database, ['last', '-o', file]);
    const again = await run(database, ['last', '-o', file]);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toContain('exists already');
    expect(existsSync(join(folder, 'x.txt'))).toBe(false);
  });
});

describe('a big session', () => {
  it('is exported in less memory than it fills', async () => {
    const file = join(tempFolder(), 'big.har');
    const result = await run(bigSession(), ['last', '-o', file], {
      NODE_OPTIONS: '--max-old-space-size=32',
    });
    expect(result.code, result.stderr).toBe(0);
    expect(statSync(file).size).toBeGreaterThan(60_000_000);
  });

  /** A conversation that is sent again with each of its 120 turns, 1.2 MB in the end. */
  function bigSession(): string {
    const messages: unknown[] = [];
    const items = Array.from({ length: 120 }, (_, index) => {
      messages.push({ role: 'user', content: `${index} `.repeat(3_000) });
      const startedAt = START + index * 1000;
      const request = requestItem({ id: `e${index}`, startedAt }, { model: 'm', messages });
      return [request, endItem(request.request, {}, { ok: index })];
    });
    return recordItems(items.flat());
  }
});
