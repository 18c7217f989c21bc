// Surroundings in which nothing happens: for what only looks at the command line.
import type { Context } from '../../src/cli/context.ts';
import { makePrinter } from '../../src/cli/print.ts';

export function silentContext(): Context {
  const stream = { write: () => true, on: () => stream };
  return {
    env: {},
    homeDir: '/home/nobody',
    cwd: '/home/nobody',
    platform: 'linux',
    pid: 1,
    execPath: 'node',
    script: 'lunaroute',
    print: makePrinter({
      stdout: stream,
      stderr: stream,
      env: {},
      noColor: true,
      onClosedPipe: () => undefined,
    }),
    terminal: null,
    now: () => 0,
    isInteractive: false,
    ask: () => Promise.resolve(''),
    onStopSignal: () => undefined,
    onUncaught: () => undefined,
    onExit: () => undefined,
  };
}
