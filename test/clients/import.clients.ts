// What the real clients write of a run, imported: joined to what was captured, or new where nothing was.
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExchangeSummary, SessionSummary } from '../../src/core/ports.ts';
import type { ImportResult } from '../../src/import/import-files.ts';
import { type ClientRun, claude, codex, configureProviders } from '../helpers/clients.ts';
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider.ts';
import {
  cleanEnv,
  type RunningServer,
  runProgram,
  startServer,
  type TempHome,
  tempHome,
} from '../helpers/program.ts';

let home: TempHome;
let provider: FakeProvider;
let server: RunningServer;

beforeEach(async () => {
  home = tempHome();
  provider = await startFakeProvider(join(home.path, 'fake.jsonl'));
  configureProviders(home.path, provider.url);
  server = await startServer(cleanEnv(home.path));
});

afterEach(async () => {
  await server.stop();
  provider.stop();
  home.remove();
});

async function json<T>(...args: string[]): Promise<T> {
  const { stdout, stderr } = await runProgram([...args, '--json'], server.env);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

interface Shown {
  readonly session: SessionSummary;
  readonly exchanges: readonly ExchangeSummary[];
}

/** The one session, all sums of it. */
async function onlySession(): Promise<Shown> {
  expect(await json<SessionSummary[]>('sessions', 'list')).toHaveLength(1);
  return json<Shown>('sessions', 'show', 'last');
}

/** As if the client had ended an hour ago: what was written just now may still go on. */
function rest(folder: string): void {
  const before = Date.now() / 1000 - 3600;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.jsonl'))) {
    utimesSync(join(folder, file), before, before);
  }
}

interface Client {
  readonly name: 'claude' | 'codex';
  /** Where it keeps its records, in its own home. */
  readonly folder: string;
  /** A run of two turns and one tool call; its records stay in `home`. */
  readonly run: (port: number, home: string) => Promise<ClientRun>;
}

const KEPT = { KEEP: '1' };
const CLIENTS: Client[] = [
  {
    name: 'claude',
    folder: '.claude',
    run: (port, folder) => claude(port, { ...KEPT, HOMEDIR: folder }),
  },
  {
    name: 'codex',
    folder: '.codex',
    run: (port, folder) => codex(port, { ...KEPT, HOMEDIR: folder, MODE: 'cfg' }),
  },
];

describe.each(CLIENTS)('import $name', ({ name, folder, run }) => {
  const into = (of: string) => json<ImportResult>('import', name, join(of, folder));

  it('joins what it wrote to what was captured: one session, the same sums', async () => {
    const own = join(home.path, 'client');
    const { code, output } = await run(server.port, own);
    expect([code, output]).toEqual([0, expect.stringContaining('lab-tool-42')]);
    rest(own);
    const captured = await onlySession();
    expect(captured.session.toolCalls).toBe(1);
    expect(await into(own)).toMatchObject({ imported: 0, known: 2, badLines: 0 });
    expect(await onlySession()).toEqual(captured);
    expect(await into(own)).toMatchObject({ imported: 0, badLines: 0 });
    expect(await onlySession()).toEqual(captured);
  });

  it('takes in a run that did not go through LunaRoute, once', async () => {
    const own = join(home.path, 'client');
    const { code, output } = await run(Number(new URL(provider.url).port), own);
    expect([code, output]).toEqual([0, expect.stringContaining('lab-tool-42')]);
    rest(own);
    expect(await json<SessionSummary[]>('sessions', 'list')).toEqual([]);
    expect(await into(own)).toMatchObject({ imported: 2, known: 0, badLines: 0 });
    const shown = await onlySession();
    const { session, exchanges } = shown;
    expect(session).toMatchObject({ toolCalls: 1, errors: 0 });
    expect(session.usage?.output).toBe(name === 'claude' ? 2 * 77 : 2 * 55);
    expect(exchanges.map(({ importedFrom }) => importedFrom)).toEqual([name, name]);
    expect(await into(own)).toMatchObject({ imported: 0, badLines: 0 });
    expect(await onlySession()).toEqual(shown);
  });
});
