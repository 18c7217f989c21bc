// What people expect of a command-line tool in a terminal: a pager for what is long, links, colours in the
// help, a guess at what was meant.
import { afterAll, describe, expect, it } from 'vitest';
import { cleanEnv, runProgram, tempHome } from '../helpers/program.ts';
import { TmuxProgram } from '../helpers/tmux.ts';

const home = tempHome();
const env = cleanEnv(home.path);
const { NO_COLOR: _, ...colourful } = env;
const ESC = '\u001b';
afterAll(() => home.remove());

describe('in a terminal', () => {
  it('what is longer than the screen goes through a pager, the rest does not', async () => {
    const long = new TmuxProgram({ env, args: ['config', 'show'], rows: 12 });
    await long.shows(/^:$/m);
    expect(long.screen()).toContain('host: "127.0.0.1"');
    expect(long.screen()).not.toContain('ended with');
    long.keys('q');
    await long.shows('ended with 0');
    const short = new TmuxProgram({ env, args: ['sessions', 'list'], rows: 12 });
    await short.shows(/ended with \d/);
  });

  it('PAGER chooses it, and one that is missing costs nothing', async () => {
    const own = new TmuxProgram({ env: { ...env, PAGER: 'head -n 1' }, args: ['config', 'show'] });
    await own.shows('ended with 0');
    expect(own.history().trim().split('\n')).toHaveLength(2);
    const missing = new TmuxProgram({
      env: { ...env, PAGER: 'no-such-pager' },
      args: ['config', 'show'],
    });
    await missing.shows('ended with 0');
    expect(missing.history()).toContain('host: "127.0.0.1"');
    const none = new TmuxProgram({ env: { ...env, PAGER: 'cat' }, args: ['config', 'show'] });
    await none.shows('ended with 0');
    expect(none.history()).toContain('host: "127.0.0.1"');
  });
});

describe('anywhere', () => {
  it('paths are links where the terminal has them, with colours alone', async () => {
    const linked = { ...colourful, FORCE_COLOR: '1', FORCE_HYPERLINK: '1' };
    const { stdout } = await runProgram(['demo', '--headless', '--for', '1s'], linked);
    expect(stdout).toMatch(new RegExp(`JSONL ${ESC}]8;;file:///[^\\u0007]+/sessions\\u0007/`));
    const plain = await runProgram(['demo', '--headless', '--for', '1s'], env);
    expect(plain.stdout).not.toContain(ESC);
  });

  it('the help has colours and examples', async () => {
    const help = await runProgram(['stats', '--help'], { ...colourful, FORCE_COLOR: '1' });
    expect(help.stdout).toContain(`${ESC}[1mExamples:`);
    expect((await runProgram(['stats', '--help'], env)).stdout).not.toContain(ESC);
  });

  it.each([
    [['session'], '(Did you mean sessions?)'],
    [['prune'], '(Did you mean sessions prune?)'],
    [['sessions', 'lst'], '(Did you mean list?)'],
    [['stats', '--sinc', '7d'], '(Did you mean --since?)'],
  ])('%j: %s', async (args, guess) => {
    const run = await runProgram(args, env);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(guess);
  });
});
