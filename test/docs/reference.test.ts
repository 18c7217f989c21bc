// The generated documents are what the program is: `npm run docs:reference` writes them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manPage } from '../helpers/man-page.ts';
import { commandsDoc, configurationDoc, readmeWith } from '../helpers/reference-docs.ts';

const ROOT = join(import.meta.dirname, '../..');

function mandoc(args: readonly string[], input: string): { status: number | null; stdout: string } {
  return spawnSync('mandoc', args, { input, encoding: 'utf8' });
}

describe('the reference', () => {
  it('README.md', async () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    await expect(readmeWith(readme)).toMatchFileSnapshot('../../README.md');
  });

  it('docs/COMMANDS.md', async () => {
    await expect(commandsDoc()).toMatchFileSnapshot('../../docs/COMMANDS.md');
  });

  it('docs/CONFIGURATION.md', async () => {
    await expect(configurationDoc()).toMatchFileSnapshot('../../docs/CONFIGURATION.md');
  });

  it('man/lunaroute.1, which renders without a complaint', async () => {
    const source = manPage();
    await expect(source).toMatchFileSnapshot('../../man/lunaroute.1');
    const lint = mandoc(['-T', 'lint', '-W', 'warning'], source);
    expect([lint.status, lint.stdout]).toEqual([0, '']);
    const plain = mandoc(['-T', 'utf8', '-O', 'width=100'], source).stdout.replaceAll(/.[\b]/g, '');
    expect(plain).toContain('lunaroute sessions show <id>');
    expect(plain).toMatch(/--theme <name>/);
  });
});
