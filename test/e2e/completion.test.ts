// The completion scripts in the shells they are for: what Tab offers, and that nothing which is being
// typed is evaluated.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, runProgram, tempHome } from '../helpers/program.ts';

const home = tempHome();
const env = cleanEnv(home.path);
const trap = join(home.path, 'trap');
const script = (shell: string): string => join(home.path, `completion.${shell}`);

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const run = await runProgram(['completion', shell], env);
    expect([run.code, run.stderr]).toEqual([0, '']);
    writeFileSync(script(shell), run.stdout);
  }
});
afterAll(() => home.remove());

function shellOutput(command: string, args: readonly string[]): string {
  const run = spawnSync(command, args, { env, encoding: 'utf8' });
  expect([run.status, run.stderr]).toEqual([0, '']);
  return run.stdout;
}

/** What bash offers after these words; twice loaded, as a shell that reads its profile again. */
function inBash(...words: string[]): string[] {
  const code = `source '${script('bash')}'; source '${script('bash')}'
    COMP_WORDS=(lunaroute "$@"); COMP_CWORD=$#; _lunaroute; echo "\${COMPREPLY[@]}"`;
  return shellOutput('bash', ['--norc', '-c', code, 'bash', ...words])
    .trim()
    .split(' ');
}

function inFish(line: string): string[] {
  const code = `source '${script('fish')}'; complete -C '${line}'`;
  return shellOutput('fish', ['--no-config', '-c', code])
    .trim()
    .split('\n')
    .map((row) => row.split('\t')[0] ?? '');
}

/** What an interactive zsh shows when Tab is pressed after each of these lines. */
function inZsh(...lines: string[]): string[] {
  const presses = lines.map(
    (line) => `
    zpty -n -w shell $'${line}\\t\\t'
    zpty -w shell $'\\x15echo do\\'\\'ne'
    zpty -r shell shown '*done*'
    print -rn -- "$shown=END="`,
  );
  const code = `
    zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell "PS1=; autoload -Uz compinit; compinit -D -u; source '${script('zsh')}'"
    zpty -w shell "zle-line-init() { print -n rea''dy }; zle -N zle-line-init"
    zpty -r shell seen '*ready*'
    ${presses.join('')}`;
  return shellOutput('zsh', ['-f', '-c', code]).split('=END=');
}

describe('completion', () => {
  it('offers commands, options and values in bash', () => {
    expect(inBash('')).toEqual(expect.arrayContaining(['serve', 'sessions', 'completion']));
    expect(inBash('sess')).toEqual(['sessions']);
    expect(inBash('sessions', 'pr')).toEqual(['prune']);
    expect(inBash('sessions', 'list', '--')).toEqual(
      expect.arrayContaining(['--limit', '--model', '--json', '--config']),
    );
    expect(inBash('--head')).toEqual(['--headless']);
    expect(inBash('--por')).toEqual(['--port']);
    expect(inBash('--dialect', '')).toEqual(['both', 'openai', 'anthropic']);
    expect(inBash('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(inBash('run', '--', '')).toEqual(['']);
  });

  it('offers them in fish', () => {
    expect(inFish('lunaroute ')).toEqual(expect.arrayContaining(['serve', 'sessions']));
    expect(inFish('lunaroute sessions pr')).toEqual(['prune']);
    expect(inFish('lunaroute sessions list --lim')).toEqual(['--limit']);
    expect(inFish('lunaroute serve --dialect ')).toEqual(['anthropic', 'both', 'openai']);
    expect(inFish('lunaroute-server --dialect ')).toEqual(['anthropic', 'both', 'openai']);
  });

  it('offers them in zsh, with what they mean', () => {
    const [commands, option, values] = inZsh(
      'lunaroute sessions ',
      'lunaroute sessions list --lim',
      'lunaroute serve --dialect ',
      `lunaroute stats \\$(touch ${trap}) `,
    );
    expect(commands).toMatch(/prune +-- delete the oldest records now/);
    expect(commands).toMatch(/show +-- /);
    expect(option).toContain('--limit');
    expect(values).toMatch(/anthropic +both +openai/);
    expect(existsSync(trap)).toBe(false);
  });

  it('evaluates nothing of what is typed', () => {
    inBash('stats', `$(touch ${trap})`, '');
    inFish(`lunaroute stats (touch ${trap}) `);
    expect(existsSync(trap)).toBe(false);
  });

  it('another shell is wrong usage', async () => {
    expect((await runProgram(['completion', 'tcsh'], env)).code).toBe(2);
    expect((await runProgram(['completion', 'bash', '--json'], env)).code).toBe(2);
  });
});
