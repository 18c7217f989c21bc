// The licence texts of the packages that are inside the bundle: what they ask of whoever passes them
// on. Read from what esbuild says it took in, so that the list cannot fall behind.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;
const RULE = '-'.repeat(80);

/** @param {string} root @param {Iterable<string>} inputs files of the bundle, relative to root */
export function notices(root, inputs) {
  const folders = new Set([...inputs].flatMap(packageFolder));
  // Many carry the same text, word for word: it is said once.
  const groups = Map.groupBy(
    [...folders].map((folder) => noticeOf(join(root, folder))),
    ({ text }) => text,
  );
  const parts = [...groups].map(([text, packages]) => {
    const titles = new Set(packages.map(({ title }) => title));
    return `\n${RULE}\n${[...titles].sort().join('\n')}\n\n${text}\n`;
  });
  return `LunaRoute's bundle contains these packages of others.\n${parts.sort().join('')}`;
}

/** `node_modules/a/node_modules/@b/c/file.js` → `node_modules/a/node_modules/@b/c` */
function packageFolder(input) {
  const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
  return folder === undefined ? [] : [folder];
}

function noticeOf(folder) {
  const { name, version, license, author } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (typeof license !== 'string') throw new Error(`${name} names no licence`);
  // Few packages carry no text: then who wrote it under which licence is all there is to pass on.
  const writer = typeof author === 'object' ? author.name : author;
  const text = texts.length > 0 ? texts.join('\n\n') : `By ${writer ?? 'its authors'}.`;
  return { title: `${name} ${version} (${license})`, text };
}
