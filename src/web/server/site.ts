/** Page and API as one request listener. Serves nothing but what the page's build holds. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { makeApi } from './api.ts';
import { type Asset, PAGE_HEADERS, readAssets } from './assets.ts';
import { problemResponse } from './problem.ts';
import type { Records } from './records.ts';

export interface SiteOptions {
  readonly records: Records;
  /** The folder of the built page. */
  readonly pageFolder: string;
  readonly token: string;
}

export type Site = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export function makeSite({ records, pageFolder, token }: SiteOptions): Site {
  const site = new Hono();
  site.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(PAGE_HEADERS)) context.header(name, value);
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store');
  });
  site.route('/api/v1', makeApi(records, token));
  site.all('/api/*', () => problemResponse(404, 'there is no such address'));
  const assets = readAssets(pageFolder);
  site.get('*', ({ req }) => pageOrFile(assets, req.path));
  site.all('*', () => problemResponse(405, 'only GET'));
  return getRequestListener(site.fetch, { overrideGlobalObjects: false });
}

/** The page itself knows its addresses: whatever names no file is the page. */
function pageOrFile(assets: ReadonlyMap<string, Asset>, path: string): Response {
  const asset = assets.get(path.startsWith('/assets/') ? path : '/');
  if (asset !== undefined) {
    const { bytes, type, isHashed } = asset;
    const cached = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache';
    return new Response(bytes, { headers: { 'content-type': type, 'cache-control': cached } });
  }
  return assets.size === 0
    ? problemResponse(503, 'this build has no page (npm run build makes it); the API is /api/v1')
    : problemResponse(404, 'there is no such file');
}
