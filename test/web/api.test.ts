// The web API over real sockets and a real store: shapes, pages, errors, changes.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SessionOrder } from '../../src/core/ports.ts';
import { EXPORT_FORMATS, exportRecords } from '../../src/export/export.ts';
import { openApiOf } from '../../src/web/server/openapi.ts';
import { allOperations } from '../../src/web/server/operations/all-operations.ts';
import { SHAPES } from '../../src/web/server/shapes/all-shapes.ts';
import { apiDocs } from '../helpers/api-docs.ts';
import { NOW } from '../helpers/screen-history.ts';
import { endItem, makeSink, requestItem } from '../helpers/store-items.ts';
import { type Json, startUiApi, type UiApi } from '../helpers/ui-api.ts';

const SESSION = '0001beef-session';
const API = '/api/v1';

/** Calls of every operation that answers JSON, with words that give it something to say. */
const CALLS: Record<string, readonly string[]> = {
  '/overview': [''],
  '/sessions': ['', '?sort=cost&limit=2', '?q=parser&model=opus&client=claude-code&since=1'],
  '/sessions/{id}': [''],
  '/sessions/{id}/exchanges': ['', '?limit=1'],
  '/sessions/{id}/tools': [''],
  '/sessions/{id}/cache': [''],
  '/exchanges': ['', '?limit=2'],
  '/exchanges/{id}': [''],
  '/exchanges/{id}/diff': [''],
  '/exchanges/{id}/neighbours': [''],
  '/search': ['?q=tests', '?q=parser&limit=1', ''],
  '/stats': ['', '?since=1', `?session=${SESSION}`],
  '/tools': ['', '?since=1'],
  '/models': ['', '?since=1&limit=1'],
  '/clients': ['', '?since=1'],
  '/costs': ['', '?by=model', '?by=client', '?by=project', '?by=session&since=1'],
  '/usage': [`?from=${Date.now() - 3_600_000}&step=hour`, `?from=${Date.now() - 86_400_000}`],
  '/latency': ['', '?since=1'],
  '/limits': [''],
  '/config': [''],
};

function target(path: string, words = ''): string {
  const id = path.startsWith('/sessions') ? SESSION : 'second-1';
  return `${API}${path.replace('{id}', id)}${words}`;
}

function recordLimits(path: string): void {
  const { request } = requestItem({ id: 'limited', sessionId: 'limits', startedAt: NOW });
  const limit = { name: '5h', limit: null, remaining: null, usedShare: 0.25, resetsAt: NOW };
  const rateLimits = {
    account: 'sk-…wxyz',
    provider: 'anthropic',
    seenAt: NOW,
    limits: [{ ...limit, status: 'allowed' }],
  };
  const parts = [{ type: 'text' as const, text: 'fine' }];
  makeSink(path).write([requestItem(request), endItem(request, { rateLimits, parts })]);
}

describe('every answer', () => {
  it('has exactly the shape that the document says', async () => {
    const api = await startUiApi({ sessions: 8, record: recordLimits });
    for (const { path, method, answer } of allOperations('token')) {
      if (method !== 'get' || answer.kind !== 'json') continue;
      const calls = CALLS[path];
      if (calls === undefined) throw new Error(`no call of ${path}`);
      for (const words of calls) {
        const { status, json, headers } = await api.ask(target(path, words));
        expect([path, words, status]).toEqual([path, words, 200]);
        expect(headers['content-type']).toMatch(/^application\/json/);
        const { error } = answer.shape.safeParse(json());
        expect([path, words, error && z.prettifyError(error)]).toEqual([path, words, undefined]);
      }
    }
    const limits = (await api.ask(`${API}/limits`)).json();
    expect(limits.items[0]).toMatchObject({ account: 'sk-…wxyz', limits: [{ usedShare: 0.25 }] });
  });

  it('says what the store says', async () => {
    const api = await startUiApi({ sessions: 8 });
    const get = async (path: string) => (await api.ask(`${API}${path}`)).json();
    expect((await get('/sessions')).items).toEqual(api.history.sessions({ limit: 100 }));
    expect(await get('/stats')).toEqual(api.history.stats({}));
    expect((await get('/models')).items).toEqual(api.history.statsBy('model', { limit: 50 }));
    expect((await get('/search?q=tests')).items).toEqual(
      api.history.search('tests', { limit: 50 }),
    );
    const detail = await get('/exchanges/second-1');
    expect(detail).toMatchObject({ ...api.history.exchange('second-1') });
    expect(detail.latency.total).toBe(1000);
    const raw = await api.ask(`${API}/exchanges/second-1/request`);
    expect(raw.text).toBe(Buffer.from(api.history.rawBody('second-1', 'request') ?? []).toString());
    expect(raw.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="request-second-1.bin"',
    });
    const diff = await get('/exchanges/second-1/diff');
    expect(diff).toMatchObject({ previousId: 'first-1', same: 1 });
    expect(diff.added.length).toBe(2);
  });

  it.each(EXPORT_FORMATS)('exports as %s what `lunaroute export` does', async (format) => {
    const api = await startUiApi({ sessions: 3 });
    for (const kind of ['session', 'exchange'] as const) {
      const id = kind === 'session' ? SESSION : 'second-1';
      const answer = await api.ask(`${API}/export?${kind}=${id}&format=${format}`);
      expect(answer.status).toBe(200);
      const extension = format === 'raw' ? 'bin' : format;
      expect(answer.headers['content-disposition']).toBe(
        `attachment; filename="lunaroute-${id}.${extension}"`,
      );
      const sessions = kind === 'session' ? [id] : [];
      const exchanges = kind === 'session' ? [] : [id];
      const chunks = exportRecords(
        api.history,
        { sessions, exchanges },
        { format, version: '1.2.3' },
      );
      expect(answer.text).toBe(
        Buffer.concat([...chunks].map((one) => Buffer.from(one))).toString(),
      );
      expect(answer.text.length).toBeGreaterThan(100);
    }
  });

  it('serves the document of itself, and docs/API.md shows it', async () => {
    const api = await startUiApi();
    const served = (await api.ask(`${API}/openapi.json`)).json();
    expect(served).toEqual(JSON.parse(JSON.stringify(openApiOf(allOperations('t'), '1.2.3'))));
    const references = [
      ...JSON.stringify(served).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g),
    ];
    expect(references.length).toBeGreaterThan(40);
    for (const [, name = ''] of references) expect(served.components.schemas).toHaveProperty(name);
    expect(Object.keys(served.components.schemas).sort()).toEqual(Object.keys(SHAPES).sort());
    await expect(apiDocs(served)).toMatchFileSnapshot('../../docs/API.md');
  });
});

describe('pages', () => {
  const ORDERS: readonly SessionOrder[] = [
    'activity',
    'started',
    'client',
    'requests',
    'input',
    'output',
    'cache',
    'cost',
    'tools',
    'errors',
  ];

  async function walk(api: UiApi, path: string, size: number): Promise<readonly Json[]> {
    const items: Json[] = [];
    let next: string | null = null;
    do {
      const cursor: string = next === null ? '' : `&cursor=${next}`;
      const page = (await api.ask(`${API}${path}limit=${size}${cursor}`)).json();
      expect(page.items.length).toBeLessThanOrEqual(size);
      items.push(...page.items);
      next = page.next;
    } while (next !== null);
    return items;
  }

  it.each(ORDERS)('of sessions by %s are one list, whatever their size', async (sort) => {
    const api = await startUiApi({ sessions: 30 });
    const whole = (await api.ask(`${API}/sessions?sort=${sort}`)).json().items;
    expect(whole.length).toBe(30);
    expect(whole).toEqual(api.history.sessions({ limit: 100, orderBy: sort }));
    expect(await walk(api, `/sessions?sort=${sort}&`, 7)).toEqual(whole);
  });

  it('of exchanges are one list, newest first, or a session from its beginning', async () => {
    const api = await startUiApi({ sessions: 10 });
    const all = await walk(api, '/exchanges?', 3);
    expect(all).toEqual(api.history.timeline({ limit: 100 }));
    expect(all.length).toBe(20);
    const one = await walk(api, `/sessions/${SESSION}/exchanges?`, 1);
    expect(one.map(({ id }) => id)).toEqual(['first-1', 'second-1']);
    const beside = async (id: string): Promise<Json> =>
      (await api.ask(`${API}/exchanges/${id}/neighbours`)).json();
    expect(await beside('first-1')).toEqual({ previous: null, next: 'second-1' });
    expect(await beside('second-1')).toEqual({ previous: 'first-1', next: null });
  });

  it('go on where they were when a session goes in between', async () => {
    const api = await startUiApi({ sessions: 10 });
    const first = (await api.ask(`${API}/sessions?limit=4`)).json();
    const gone = first.items[1].sessionId;
    const { token } = (await api.ask(`${API}/overview`)).json();
    await api.ask(`${API}/sessions/${gone}`, {
      method: 'DELETE',
      headers: { 'x-lunaroute-token': token },
    });
    const second = (await api.ask(`${API}/sessions?limit=4&cursor=${first.next}`)).json();
    expect(second.items.map((item: Json) => item.sessionId)).toEqual(
      [4, 5, 6, 7].map((index) => `000${index}beef-session`),
    );
  });
});

describe('errors are problem details', () => {
  it.each([
    [400, '/sessions?limit=0', 'limit'],
    [400, '/sessions?limit=1001', 'limit'],
    [400, '/sessions?sort=colour', 'sort'],
    [400, '/sessions?since=yesterday', 'since'],
    [400, '/sessions?wrong=1', 'wrong'],
    [400, '/sessions?cursor=abc', 'cursor'],
    [400, '/exchanges?cursor=W10', 'cursor'],
    [400, '/usage', 'from'],
    [400, '/usage?from=1&step=hour', 'spans'],
    [400, '/search?q=colour:red', 'colour'],
    [404, '/sessions/none', 'session'],
    [404, '/sessions/none/tools', 'session'],
    [404, '/exchanges/none', 'exchange'],
    [404, '/exchanges/none/request', 'request'],
    [404, '/export?session=none', 'session'],
    [404, '/export', 'session'],
    [400, '/export?format=exe', 'format'],
    [404, '/nothing', 'address'],
    [405, '/sessions', 'methods', 'POST'],
  ])('%i for %s', async (status, path, word, method = 'GET') => {
    const api = await startUiApi();
    const answer = await api.ask(`${API}${path}`, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(SHAPES.Problem.parse(answer.json())).toMatchObject({ type: 'about:blank', status });
    expect(answer.json().detail).toContain(word);
  });
});

it('finds sessions by whatever text their id is', async () => {
  const ids = ['a/b?c#d', '100 % %2F', 'ü 漢字 😀', '<script>', 'it\'s "quoted"', '../../etc'];
  const api = await startUiApi({
    record: (path) =>
      makeSink(path).write(
        ids.flatMap((sessionId, index) => {
          const item = requestItem({ id: `odd-${index}`, sessionId, startedAt: NOW });
          return [item, endItem(item.request)];
        }),
      ),
  });
  for (const id of ids) {
    const path = `${API}/sessions/${encodeURIComponent(id)}`;
    expect((await api.ask(path)).json()).toMatchObject({ sessionId: id });
    expect((await api.ask(`${path}/exchanges`)).json().items.length).toBe(1);
  }
});
