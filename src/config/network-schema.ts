/** What concerns requests of LunaRoute's own: which URLs there may be, and whether it asks for updates. */
import * as z from 'zod';

export const updatesSchema = z
  .strictObject({
    check: z
      .boolean()
      .default(false)
      .describe('Ask the npm registry once a day whether there is a newer LunaRoute.'),
    url: z
      .string()
      .refine(isHttpUrl, 'expected an http:// or https:// URL without query or fragment')
      .default('https://registry.npmjs.org/lunaroute/latest')
      .describe('Where it asks: a JSON document with a version.'),
  })
  .prefault({});

export function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
}
