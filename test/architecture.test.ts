// Who may import whom (docs/ARCHITECTURE.md). Independent of compiler and linter; fails when it saw
// too few files, so that it cannot be green on an empty tree.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  dialects: ['core'],
  config: ['core'],
  // How files come to the disk whole, and through no link: no rules of the product.
  files: ['core'],
  prices: ['core', 'files'],
  redact: ['core'],
  store: ['core', 'dialects', 'files', 'prices', 'redact'],
  metrics: ['core'],
  otel: ['core'],
  proxy: ['core'],
  export: ['core'],
  // Foreign records become what the recorder would have made of them, and go in through the store.
  import: ['core', 'dialects', 'store'],
  // The key `e` writes an export.
  tui: ['core', 'export'],
  // The API serves exports.
  web: ['core', 'export'],
  'web/api-types.ts': ['core'],
  // The page runs in a browser: of the server's side it knows the shapes of the API's answers only.
  'web/app': ['core', 'web/api-types.ts'],
  demo: ['core'],
  cli: [
    'core',
    'dialects',
    'config',
    'store',
    'files',
    'proxy',
    'prices',
    'metrics',
    'otel',
    'redact',
    'tui',
    'web',
    'web/api-types.ts',
    'demo',
    'export',
    'import',
  ],
};

/** Packages fenced to the one place that may know them. */
const PACKAGE_FENCE: Record<string, RegExp> = {
  undici: /^src\/proxy\//,
  'better-sqlite3': /^src\/store\/database\.ts$/,
  commander: /^src\/cli\//,
  'supports-hyperlinks': /^src\/cli\/print\.ts$/,
  chalk: /^src\/(?:cli|tui)\//,
  // The API's shapes: checks of what is asked, and its OpenAPI document.
  zod: /^src\/(?:config|import\/jsonl|web\/server)\//,
  hono: /^src\/web\/server\//,
  '@hono/node-server': /^src\/web\/server\//,
  yaml: /^src\/config\//,
  '@pydantic/genai-prices': /^src\/prices\//,
  '@opentelemetry/api': /^src\/otel\//,
  '@opentelemetry/exporter-trace-otlp-http': /^src\/otel\//,
  '@opentelemetry/resources': /^src\/otel\//,
  '@opentelemetry/sdk-trace': /^src\/otel\//,
  'prom-client': /^src\/metrics\//,
  'eventsource-parser': /^src\/dialects\//,
  ink: /^src\/tui\//,
  react: /^src\/(?:tui|web\/app)\//,
  'react-dom/client': /^src\/web\/app\/main\.tsx$/,
  '@tanstack/react-query': /^src\/web\/app\//,
  '@tanstack/react-virtual': /^src\/web\/app\/parts\//,
  uplot: /^src\/web\/app\/parts\/Chart\.tsx$/,
  'react-markdown': /^src\/web\/app\/parts\/Markdown\.tsx$/,
  'remark-gfm': /^src\/web\/app\/parts\/Markdown\.tsx$/,
  'rehype-highlight': /^src\/web\/app\/parts\/Markdown\.tsx$/,
  'wouter/use-browser-location': /^src\/web\/app\/routes\.ts$/,
  'ink-table': /^src\/tui\/ink-table\.tsx$/,
  'fuse.js': /^src\/tui\//,
  re2js: /^src\/redact\/custom\.ts$/,
  'libphonenumber-js': /^src\/redact\/personal\/phone-library\.ts$/,
};

const MAX_LINES = 300;
const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => join('src', file).replaceAll('\\', '/'));

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from |import\()'([^'\s]+)'/g)].map((match) => match[1] ?? '');
}

function areaOf(file: string): string {
  if (file.startsWith('src/web/app/')) return 'web/app';
  return file === 'src/web/api-types.ts' ? 'web/api-types.ts' : (file.split('/')[1] ?? '');
}

/** A folder's own files, whoever asks. */
function mayImport(from: string, to: string): boolean {
  const isSame = from.split('/')[0] === to.split('/')[0] && !from.startsWith('web/app');
  return (isSame && to !== 'web/app') || (MAY_IMPORT[from]?.includes(to) ?? false);
}

describe('architecture', () => {
  it('sees the whole tree', () => {
    expect(files.length).toBeGreaterThan(60);
  });

  it('imports only along the table', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('.'))
        .map((target) => areaOf(relative('.', join(dirname(file), target)).replaceAll('\\', '/')))
        .filter((area) => area !== areaOf(file) && !mayImport(areaOf(file), area))
        .map((area) => `${file} imports ${area}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps packages behind their fence, and core free of Node', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => !target.startsWith('.'))
        .filter((target) => {
          if (areaOf(file) === 'core') return true;
          if (['dialects', 'web/app'].includes(areaOf(file)) && target.startsWith('node:')) {
            return true;
          }
          if (target.startsWith('node:')) return false;
          const fence = PACKAGE_FENCE[target];
          return fence === undefined || !fence.test(file);
        })
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps files small', () => {
    const long = files.filter(
      (file) => readFileSync(file, 'utf8').split('\n').length > MAX_LINES + 1,
    );
    expect(long).toEqual([]);
  });
});
