// Doctor: each fault is planted alone, doctor names it, its advice is run as it stands in the same shell,
// and then doctor finds nothing.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { inTurn, sendTurn } from '../helpers/anthropic-provider.ts';
import {
  cleanEnv,
  freePort,
  LAUNCHER,
  type ProgramResult,
  resultOf,
  tempHome,
  until,
} from '../helpers/program.ts';
import { startScriptedProvider } from '../helpers/scripted-provider.ts';

interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly what: string;
  readonly mend: string | null;
  readonly fixable: boolean;
}

interface Doctor {
  readonly code: number;
  readonly findings: readonly Finding[];
}

const home = tempHome();
const dataDir = join(home.path, '.lunaroute');
const database = join(dataDir, 'sessions.db');
const config = join(dataDir, 'config.yaml');
const claude = join(home.path, '.claude', 'settings.json');
const codex = join(home.path, '.codex', 'config.toml');
let port: number;
let env: Record<string, string>;

/** A login shell of bash in which `lunaroute` is in the PATH. */
function bash(script: string): Promise<ProgramResult> {
  return resultOf(spawn('bash', ['-c', script], { env, cwd: home.path, stdio: 'pipe' }));
}

const MARK = '=== doctor ===';

/** As `eval "$(lunaroute env)"` leaves a shell, whether a server runs or not. */
function pointed(): string {
  const url = `http://127.0.0.1:${port}`;
  return `export ANTHROPIC_BASE_URL=${url} OPENAI_BASE_URL=${url}/v1 ENABLE_TOOL_SEARCH=true`;
}

/** What doctor finds in a shell in which `lines` were run. */
async function doctorAfter(lines: readonly string[], flags = ''): Promise<Doctor> {
  const script = [pointed(), ...lines, `echo "${MARK}"`, `lunaroute doctor --json ${flags}`].join(
    '\n',
  );
  const { code, stdout, stderr } = await bash(script);
  const json = stdout.split(`${MARK}\n`)[1];
  if (!json?.startsWith('{')) throw new Error(`doctor said: ${stdout}${stderr}`);
  const { checks, well } = JSON.parse(json);
  expect(code).toBe(well ? 0 : 1);
  return {
    code: code ?? -1,
    findings: checks.flatMap((check: { findings: Finding[] }) => check.findings),
  };
}

interface Fault {
  readonly id: string;
  readonly severity: 'error' | 'warning';
  /** What makes it: in the test, and then in the shell. */
  readonly plant?: () => void | Promise<void>;
  readonly shell?: readonly string[];
  readonly flags?: string;
  /** After the advice. */
  readonly cleanUp?: () => void | Promise<void>;
}

async function mendsByAdvice(fault: Fault): Promise<Finding> {
  await fault.plant?.();
  const shell = fault.shell ?? [];
  const sick = await doctorAfter(shell, fault.flags);
  const finding = sick.findings.find(({ id }) => id === fault.id);
  expect(finding, JSON.stringify(sick)).toMatchObject({ id: fault.id, severity: fault.severity });
  expect(sick.code).toBe(sick.findings.some(({ severity }) => severity === 'error') ? 1 : 0);
  const mend = finding?.mend ?? '';
  expect(mend).not.toBe('');
  const well = await doctorAfter([...shell, mend], fault.flags);
  expect(well, mend).toEqual({ code: 0, findings: [] });
  await fault.cleanUp?.();
  return finding as Finding;
}

beforeAll(async () => {
  port = await freePort();
  const bin = join(home.path, 'bin');
  mkdirSync(bin);
  symlinkSync(LAUNCHER, join(bin, 'lunaroute'));
  const clean = cleanEnv(home.path, { LUNAROUTE_PORT: String(port), SHELL: '/bin/bash' });
  env = { ...clean, PATH: `${bin}:${clean['PATH']}` };
  const provider = await startScriptedProvider(inTurn([{ pieces: ['A ', 'lighthouse.'] }]));
  await bash(`lunaroute env --anthropic-base-url ${provider.url}`);
  const url = `http://127.0.0.1:${port}`;
  for (const session of ['one', 'two']) {
    await sendTurn(
      url,
      { messages: [{ role: 'user', content: `What shines, ${session}?` }] },
      session,
    );
    await sendTurn(
      url,
      { messages: [{ role: 'user', content: `And ${session} again?` }] },
      session,
    );
  }
  await bash('lunaroute stop');
  await provider.stop();
});

beforeEach(async () => {
  await bash('lunaroute env');
});

afterAll(async () => {
  await bash('lunaroute stop');
  home.remove();
});

const stop = async (): Promise<void> => {
  await bash('lunaroute stop');
};

describe('the configuration', () => {
  const write = (text: string) => (): void => {
    writeFileSync(config, text, { mode: 0o600 });
  };

  it.each<[string, Fault]>([
    [
      'a mistyped key',
      { id: 'configuration', severity: 'error', plant: write('loging:\n  level: debug\n') },
    ],
    [
      'a key of nothing',
      { id: 'configuration', severity: 'error', plant: write('frobnicate:\n  a: 1\n\n  b: 2\n') },
    ],
    [
      'a wrong value',
      { id: 'configuration', severity: 'error', plant: write('ui:\n  port: abc\n') },
    ],
    [
      'a mistyped variable',
      { id: 'unknown-variable', severity: 'warning', shell: ['export LUNAROUTE_PROT=1'] },
    ],
    [
      'a file that is not there',
      { id: 'configuration', severity: 'error', shell: ['export LUNAROUTE_CONFIG=/nowhere.yaml'] },
    ],
  ])('%s', async (_name, fault) => {
    await mendsByAdvice(fault);
    writeFileSync(config, '', { mode: 0o600 });
  });
});

describe('the server', () => {
  it('its port is taken by another program', async () => {
    await stop();
    const other = http.createServer((_req, res) => res.end('not LunaRoute'));
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const sick = await doctorAfter([]);
    const finding = sick.findings.find(({ id }) => id === 'port-taken');
    expect(finding).toMatchObject({
      severity: 'error',
      what: `port ${port} is taken by another program`,
    });
    const { stdout } = await bash(
      `${finding?.mend}\nlunaroute doctor --json; lunaroute stop >/dev/null`,
    );
    expect(JSON.parse(stdout).checks.flatMap((check: Doctor) => check.findings)).toEqual([]);
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
  });

  const record = (file: string, changes: object): void => {
    const known = {
      pid: 1,
      host: '127.0.0.1',
      port: 9,
      instance: 'x',
      startedAt: 1,
      version: '0.1.0',
      dataDir,
      dialects: 'both',
      providers: [],
    };
    writeFileSync(join(dataDir, file), JSON.stringify({ ...known, ...changes }), { mode: 0o600 });
  };

  it('a record of one that is no more', async () => {
    await mendsByAdvice({
      id: 'stale-record',
      severity: 'warning',
      plant: () => record('server-9.json', { pid: 4_194_300 }),
    });
  });

  it('a record that is none', async () => {
    await mendsByAdvice({
      id: 'stale-record',
      severity: 'warning',
      plant: () => writeFileSync(join(dataDir, 'server-9.json'), '{', { mode: 0o600 }),
    });
  });

  it('one that is an older version', async () => {
    const file = join(dataDir, `server-${port}.json`);
    await mendsByAdvice({
      id: 'server-version',
      severity: 'warning',
      plant: () => {
        const known = JSON.parse(readFileSync(file, 'utf8'));
        writeFileSync(file, JSON.stringify({ ...known, version: '0.0.1' }));
      },
    });
  });

  it('one that does not answer: its recycled pid is left alone', async () => {
    await stop();
    const sleeper: ChildProcess = spawn('sleep', ['60']);
    const file = `server-${port}.json`;
    record(file, { pid: sleeper.pid, port });
    const sick = await doctorAfter([]);
    const finding = sick.findings.find(({ id }) => id === 'server-silent');
    expect(finding).toMatchObject({ severity: 'error' });
    await bash(finding?.mend ?? '');
    expect(sleeper.exitCode).toBeNull();
    expect(existsSync(join(dataDir, file))).toBe(false);
    sleeper.kill();
    await bash('lunaroute env');
    expect((await doctorAfter([])).findings).toEqual([]);
  });
});

describe('this shell', () => {
  it.each<[string, Fault]>([
    [
      'no base URL',
      {
        id: 'base-url-unset',
        severity: 'warning',
        shell: ['unset ANTHROPIC_BASE_URL OPENAI_BASE_URL'],
      },
    ],
    [
      'a base URL of another port',
      {
        id: 'base-url-elsewhere',
        severity: 'warning',
        shell: ['export ANTHROPIC_BASE_URL=http://127.0.0.1:1'],
      },
    ],
    [
      'a base URL behind which nobody listens',
      { id: 'base-url-dead', severity: 'error', shell: ['lunaroute stop >/dev/null'] },
    ],
    [
      'tool search, which Claude Code turns off',
      { id: 'tool-search-off', severity: 'warning', shell: ['unset ENABLE_TOOL_SEARCH'] },
    ],
    [
      'another cloud',
      { id: 'other-cloud', severity: 'warning', shell: ['export CLAUDE_CODE_USE_BEDROCK=1'] },
    ],
    [
      'a proxy that would take our requests away',
      {
        id: 'proxy-in-the-way',
        severity: 'warning',
        shell: ['export HTTPS_PROXY=http://10.0.0.1:3128 NO_PROXY=example.com'],
      },
    ],
    [
      'LunaRoute as HTTPS_PROXY',
      {
        id: 'proxy-is-us',
        severity: 'error',
        shell: ['export HTTPS_PROXY="http://127.0.0.1:$LUNAROUTE_PORT"'],
      },
    ],
    [
      'a proxy that is none',
      {
        id: 'proxy-invalid',
        severity: 'error',
        shell: ['export HTTPS_PROXY=socks5://10.0.0.1:1080 NO_PROXY=127.0.0.1'],
      },
    ],
  ])('%s', async (_name, fault) => {
    await mendsByAdvice(fault);
  });
});

describe('the clients', () => {
  const put = (file: string, text: string) => (): void => {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  };
  const claudeEnv = (variables: object) =>
    put(claude, JSON.stringify({ model: 'opus', env: { OTHER: '1', ...variables } }));

  it("Claude Code's settings lead elsewhere; all else in them stays", async () => {
    await mendsByAdvice({
      id: 'claude-base-url',
      severity: 'warning',
      plant: claudeEnv({ ANTHROPIC_BASE_URL: 'https://gateway.example' }),
    });
    expect(JSON.parse(readFileSync(claude, 'utf8'))).toEqual({
      model: 'opus',
      env: { OTHER: '1' },
    });
    const backups = readdirSync(join(claude, '..')).filter((name) => name.includes('.backup-'));
    expect(backups).toHaveLength(1);
  });

  it("Claude Code's settings name another cloud", async () => {
    await mendsByAdvice({
      id: 'claude-other-cloud',
      severity: 'warning',
      plant: claudeEnv({ CLAUDE_CODE_USE_VERTEX: '1' }),
    });
  });

  it("a changed setting is a person's: --fix alone leaves it", async () => {
    claudeEnv({ ANTHROPIC_BASE_URL: 'https://gateway.example' })();
    await bash('lunaroute doctor --fix');
    expect(readFileSync(claude, 'utf8')).toContain('gateway.example');
    claudeEnv({})();
  });

  it.each<[string, string, string]>([
    [
      'codex-base-url',
      'another base URL',
      'openai_base_url = "https://api.openai.com/v1"\nmodel = "x"\n',
    ],
    [
      'codex-base-url',
      'the workspace path',
      'openai_base_url = "http://127.0.0.1:PORT/backend-api/codex"\n',
    ],
    [
      'codex-provider',
      'a provider of its own',
      'model_provider = "lab"\n[model_providers.lab]\nbase_url = "https://lab.example/v1"\n',
    ],
  ])('Codex: %s, %s', async (id, _name, text) => {
    await mendsByAdvice({
      id,
      severity: 'warning',
      plant: put(codex, text.replace('PORT', String(port))),
    });
    expect(readFileSync(codex, 'utf8')).toContain(`http://127.0.0.1:${port}/v1`);
  });

  it('Codex: a provider of its own that leads here is fine', async () => {
    const url = `http://localhost:${port}/v1`;
    put(codex, `model_provider = "lab"\n[model_providers.lab]\nbase_url = "${url}"\n`)();
    expect((await doctorAfter([])).findings).toEqual([]);
    put(codex, '')();
  });
});

describe('the records', () => {
  const change = (sql: string) => async (): Promise<void> => {
    await stop();
    const open = new Sqlite(database);
    open.unsafeMode();
    open.exec(sql);
    open.close();
    await bash('lunaroute env');
  };
  const days = () => {
    const root = join(dataDir, 'sessions');
    const [day = ''] = readdirSync(root).filter((name) => /^\d{4}-/.test(name));
    return readdirSync(join(root, day)).map((name) => join(root, day, name));
  };
  const hits = async (words: string): Promise<number> => {
    const { stdout } = await bash(`lunaroute sessions search ${words} --json`);
    return JSON.parse(stdout).length;
  };

  it('a damaged search index: all is found again', async () => {
    const before = await hits('lighthouse');
    expect(before).toBeGreaterThan(0);
    await mendsByAdvice({
      id: 'search-damaged',
      severity: 'error',
      plant: change("UPDATE texts_data SET block = x'00' WHERE id > 10"),
    });
    expect(await hits('lighthouse')).toBe(before);
  });

  it('a search index that was begun anew', async () => {
    const before = await hits('shines');
    await mendsByAdvice({
      id: 'search-incomplete',
      severity: 'warning',
      plant: change("INSERT INTO texts (texts) VALUES ('delete-all'); DELETE FROM docs"),
    });
    expect(await hits('shines')).toBe(before);
  });

  it('a schema of an older version', async () => {
    const old = join(dataDir, 'old.db');
    await mendsByAdvice({
      id: 'schema-older',
      severity: 'warning',
      plant: () => {
        const open = new Sqlite(old);
        migrate(open, 2);
        open.close();
        chmodSync(old, 0o600);
      },
      flags: `--sessions-db ${old} --no-jsonl`,
    });
  });

  it('a line that is no record', async () => {
    const [file = ''] = days();
    await mendsByAdvice({
      id: 'damaged-line',
      severity: 'warning',
      plant: () => {
        const lines = readFileSync(file, 'utf8').split('\n');
        lines.splice(1, 0, '{"type":"requ\u0000');
        writeFileSync(file, lines.join('\n'));
      },
    });
  });

  it('half a line at the end of a file', async () => {
    const [file = ''] = days();
    await mendsByAdvice({
      id: 'torn-line',
      severity: 'warning',
      plant: () => appendFileSync(file, '{"type":"response","at":"20'),
    });
  });

  it('an exchange that JSONL lacks: it is written there', async () => {
    const [file = ''] = days();
    // What began moments ago is not compared.
    const { mtimeMs } = statSync(file);
    await until('the records to settle', () => Date.now() > mtimeMs + 11_000 || undefined);
    const text = readFileSync(file, 'utf8');
    const id = /"type":"request".*?"exchange_id":"([^"]+)"/.exec(text)?.[1] ?? '';
    const answers = (): number =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.includes(id) && line.includes('"type":"response"')).length;
    await mendsByAdvice({
      id: 'jsonl-incomplete',
      severity: 'warning',
      plant: async () => {
        await stop();
        const kept = text.split('\n').filter((line) => !line.includes(id));
        writeFileSync(file, kept.join('\n'));
        expect(answers()).toBe(0);
        await bash('lunaroute env');
      },
    });
    expect(answers()).toBe(1);
  });

  it('records of the future are only reported: no command can tell when they were', async () => {
    const shift = (by: number) => change(`UPDATE exchanges SET started_at = started_at + ${by}`);
    await shift(86_400_000)();
    const { code, findings } = await doctorAfter([]);
    expect([code, findings.map(({ id }) => id)]).toEqual([0, ['future-records']]);
    await shift(-86_400_000)();
  });

  it('a damaged database is set aside and stays', async () => {
    await mendsByAdvice({
      id: 'database-damaged',
      severity: 'error',
      plant: async () => {
        await stop();
        const bytes = readFileSync(database);
        // From the second page on; the server, which checks by itself, must not be the first to see it.
        bytes.fill(0xa5, 4096);
        writeFileSync(database, bytes);
      },
    });
    expect(readdirSync(dataDir).filter((name) => name.includes('.corrupt-'))).not.toEqual([]);
  });
});

describe('the files', () => {
  it('others can read them', async () => {
    await mendsByAdvice({
      id: 'permissions',
      severity: 'warning',
      plant: () => {
        chmodSync(dataDir, 0o755);
        chmodSync(database, 0o644);
      },
    });
  });

  it('the owner cannot write them', async () => {
    await mendsByAdvice({
      id: 'permissions',
      severity: 'warning',
      plant: () => chmodSync(join(dataDir, 'sessions'), 0o500),
    });
  });

  it('a link leads out of the data folder', async () => {
    await mendsByAdvice({
      id: 'link-out',
      severity: 'error',
      plant: () => symlinkSync('/tmp', join(dataDir, 'sessions', '2020-01-01')),
    });
    expect(existsSync('/tmp')).toBe(true);
  });

  it('the log has grown beyond its bound', async () => {
    await mendsByAdvice({
      id: 'log-size',
      severity: 'warning',
      plant: () => truncateSync(join(dataDir, 'server.log'), 30_000_000),
    });
  });

  it.runIf(process.getuid?.() === 0)('the disk is nearly full', async () => {
    const own = await freePort();
    const disk = join(home.path, 'disk');
    const day = join(disk, 'sessions', '2020-01-01');
    mkdirSync(disk, { mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=120m,mode=0700', 'tmpfs', disk]);
    try {
      await mendsByAdvice({
        id: 'space',
        severity: 'error',
        plant: () => {
          mkdirSync(day, { recursive: true, mode: 0o700 });
          const line = `{"type":"session","at":"","session_id":"x","pad":"${'x'.repeat(1_000_000)}"}\n`;
          const file = join(day, 'session_x.jsonl');
          writeFileSync(file, '', { mode: 0o600 });
          for (let written = 0; written < 120_000_000; written += line.length)
            appendFileSync(file, line);
        },
        shell: [`export LUNAROUTE_HOME=${disk} LUNAROUTE_PORT=${own}`, 'eval "$(lunaroute env)"'],
      });
    } finally {
      await bash(`LUNAROUTE_HOME=${disk} lunaroute stop --port ${own}`);
      execFileSync('umount', ['-l', disk]);
    }
  });

  it('--fix mends what is safe, all at once', async () => {
    chmodSync(dataDir, 0o755);
    truncateSync(join(dataDir, 'server.log'), 30_000_000);
    writeFileSync(join(dataDir, 'server-9.json'), '{', { mode: 0o600 });
    const sick = await doctorAfter([]);
    expect(sick.findings.map(({ id }) => id).sort()).toEqual([
      'log-size',
      'permissions',
      'stale-record',
    ]);
    const { stdout, code } = await bash(`${pointed()}\nlunaroute doctor --fix`);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^mended stale-record\n(?:.*\n)*All is well\.\n$/),
    ]);
  });
});

describe('the command', () => {
  it('refuses to mend what it does not find, and says how to mend what it cannot', async () => {
    const unknown = await bash('lunaroute doctor --fix nonsense');
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('finds no nonsense'),
    ]);
    const cannot = await bash('unset ANTHROPIC_BASE_URL; lunaroute doctor --fix base-url-unset');
    expect(cannot.code).toBe(1);
    expect(cannot.stderr).toContain('run: eval "$(lunaroute env)"');
  });

  it('changes nothing by itself', async () => {
    writeFileSync(join(dataDir, 'server-9.json'), '{', { mode: 0o600 });
    await doctorAfter([]);
    expect(existsSync(join(dataDir, 'server-9.json'))).toBe(true);
    await bash('lunaroute doctor --fix');
    expect(existsSync(join(dataDir, 'server-9.json'))).toBe(false);
  });
});
