// The release workflow asks only for what there is, and the list of parts can be made.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');

interface Workflow {
  readonly jobs: Record<
    string,
    { readonly permissions: object; readonly steps: readonly { readonly run?: string }[] }
  >;
}

describe('the release', () => {
  const workflow = parse(
    readFileSync(join(ROOT, '.github/workflows/release.yml'), 'utf8'),
  ) as Workflow;
  const commands = Object.values(workflow.jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
  );

  it('runs scripts that exist, publishes with provenance, and nothing before the tests', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const asked = commands.flatMap((command) =>
      [...command.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map((match) => match[1] ?? ''),
    );
    expect(asked).toEqual(['test:package', 'sbom']);
    for (const name of asked) expect(scripts).toHaveProperty([name]);
    expect(commands).toContain('npm publish --provenance --access public');
    expect(workflow.jobs['test']?.permissions).toEqual({ contents: 'read' });
    expect(workflow.jobs['publish']).toMatchObject({ needs: 'test' });
  });

  it('can list all parts, with the bundled ones', () => {
    const sbom = JSON.parse(
      execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, encoding: 'utf8' }),
    ) as { bomFormat: string; components: { name: string; version: string }[] };
    expect(sbom.bomFormat).toBe('CycloneDX');
    const names = sbom.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['better-sqlite3', 'ink', 'undici', 'zod']));
  });
});
