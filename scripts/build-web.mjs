// Bundles src/web/app into the folder that is given, as the server sends it: one page, hashed files,
// nothing inline (the page's policy forbids it) and nothing from elsewhere.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const root = `${project}src/web/app`;

/** Resolves with the files that went into it, as paths from the project's folder. */
export async function buildWeb(outDir) {
  // React's other build is twice as large and half as fast; a test runner sets this to `test`.
  process.env['NODE_ENV'] = 'production';
  // Slow to load: only when there is something to build.
  const { build } = await import('vite');
  const { output } = await build({
    root,
    base: '/',
    configFile: false,
    logLevel: 'warn',
    resolve: {
      // Its form for browsers writes `&…;` of foreign text to innerHTML, which the page's policy
      // (trusted types) forbids; the other form has a table.
      alias: {
        'decode-named-character-reference': `${project}node_modules/decode-named-character-reference/index.js`,
      },
    },
    build: {
      rolldownOptions: {
        // React's marks for servers that render: there is none here.
        onLog: (level, log, print) => {
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') print(level, log);
        },
      },
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      manifest: true,
    },
  });
  return output
    .flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []))
    .filter((id) => id.startsWith(project))
    .map((id) => relative(project, id.replace(/\?.*$/, '')));
}
