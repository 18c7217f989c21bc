// What files say, compressed or not, as texts.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

/** Every file below, as bytes and, where they are compressed, as what is in them; in latin1. */
export function everyFile(folder: string): { file: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .flatMap((path) => {
      const bytes = readFileSync(path);
      const texts = [bytes];
      if (path.endsWith('.zst')) texts.push(zstdDecompressSync(bytes));
      if (path.endsWith('.gz')) texts.push(gunzipSync(bytes));
      return texts.map((text) => ({ file: path, text: text.toString('latin1') }));
    });
}
