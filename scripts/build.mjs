// Bundles src/ into dist/: one ESM entry per thread, one chunk per lazily imported command, and the
// web page in dist/web.
// Only better-sqlite3 stays outside (it carries native binaries). Does nothing when dist/ is newer
// than every source; a new dist/ takes the old one's place in one step, so that a program that
// starts meanwhile finds all of its files.
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildWeb } from './build-web.mjs';
import { inkTableShim } from './ink-table-shim.mjs';
import { notices } from './notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

function isUpToDate() {
  if (!existsSync(`${dist}/main.js`)) return false;
  const built = statSync(`${dist}/main.js`).mtimeMs;
  const sources = readdirSync(`${root}src`, { recursive: true }).map((name) => `src/${name}`);
  const inputs = [
    'package.json',
    'package-lock.json',
    'scripts/build.mjs',
    'scripts/build-web.mjs',
    'scripts/ink-table-shim.mjs',
    'scripts/notices.mjs',
    ...sources,
  ];
  return inputs.every((name) => statSync(`${root}${name}`).mtimeMs <= built);
}

if (!isUpToDate()) {
  const fresh = `${dist}.${process.pid}.new`;
  const old = `${dist}.${process.pid}.old`;
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'src/cli/main.ts',
      'proxy-worker': 'src/proxy/worker.ts',
      'recorder-worker': 'src/store/worker.ts',
      'import-writer': 'src/store/import/write-thread.ts',
    },
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.19',
    external: ['better-sqlite3'],
    plugins: [inkTableShim],
    define: {
      LUNAROUTE_VERSION: JSON.stringify(version),
      // React's development build costs time and prints to the screen.
      'process.env.NODE_ENV': '"production"',
    },
    // Bundled CommonJS packages call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    metafile: true,
    // Their texts are in THIRD-PARTY-NOTICES.txt.
    legalComments: 'none',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
  });
  const ofPage = await buildWeb(`${fresh}/web`);
  const bundled = [...Object.keys(metafile.inputs), ...ofPage];
  writeFileSync(`${fresh}/THIRD-PARTY-NOTICES.txt`, notices(root, bundled));
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
}
