// biome-ignore-all lint/suspicious/noTemplateCurlyInString: -- ${VAR} is the syntax under test
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDiagnostic, describeSource } from '../../src/config/diagnostics.ts';
import { configKeys, loadConfig, requireConfig } from '../../src/config/load.ts';
import { configInput } from '../helpers/config-input.ts';

function problems(yaml: string, env: Record<string, string> = {}): string[] {
  const input = configInput({ yaml, env });
  const { diagnostics } = loadConfig(input);
  return diagnostics.map((d) => describeDiagnostic(d).replace(`${input.file}:`, ''));
}

describe('defaults', () => {
  it('are those of the original, in the own data folder', () => {
    const input = configInput({});
    const { config, file, sources, warnings } = requireConfig(input);
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8081,
      api_dialect: 'both',
      session_recording: {
        enabled: true,
        max_body_mb: 64,
        sqlite: { path: join(input.homeDir, '.lunaroute', 'sessions.db') },
        jsonl: { directory: join(input.homeDir, '.lunaroute', 'sessions') },
      },
    });
    expect(config.providers['openai']).toMatchObject({
      enabled: true,
      type: 'openai',
      base_url: 'https://api.openai.com',
      http_client: {
        timeout_secs: 600,
        connect_timeout_secs: 10,
        pool_max_idle_per_host: 32,
        pool_idle_timeout_secs: 90,
        tcp_keepalive_secs: 60,
        max_retries: 3,
      },
    });
    expect(Object.keys(config.providers).sort()).toEqual(['anthropic', 'chatgpt', 'openai']);
    expect([file, sources.size, warnings]).toEqual([null, 0, []]);
  });

  it('follow LUNAROUTE_HOME', () => {
    const { config, dataDir } = requireConfig(configInput({ env: { LUNAROUTE_HOME: '/data' } }));
    expect([dataDir, config.session_recording.sqlite.path]).toEqual(['/data', '/data/sessions.db']);
  });

  it('every key has a help text', () => {
    const leaves = configKeys('/d').filter(({ kind }) => kind !== 'section');
    expect(leaves.length).toBeGreaterThan(30);
    const unexplained = leaves.filter(
      ({ path, description }) => path.at(-1) !== '*' && !description,
    );
    expect(unexplained).toEqual([]);
  });
});

describe('precedence', () => {
  it('the last of file, environment and flag wins, and is named as the source', () => {
    const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
    fc.assert(
      fc.property(port, port, port, (inFile, inEnv, inFlag) => {
        const { config, sources } = requireConfig(
          configInput({
            yaml: inFile === undefined ? '' : `port: ${inFile}\n`,
            env: inEnv === undefined ? {} : { LUNAROUTE_PORT: String(inEnv) },
            flags:
              inFlag === undefined
                ? []
                : [{ flag: '--port', path: ['port'], value: String(inFlag) }],
          }),
        );
        expect(config.port).toBe(inFlag ?? inEnv ?? inFile ?? 8081);
        const expected = inFlag ? 'flag' : inEnv ? 'environment' : inFile ? 'file' : undefined;
        expect(sources.get('port')?.kind).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('sections merge key by key', () => {
    const { config } = requireConfig(
      configInput({
        yaml: 'providers:\n  openai:\n    http_client: {max_retries: 1, timeout_secs: 30}\n',
        env: { LUNAROUTE_OPENAI_TIMEOUT_SECS: '40', OPENAI_API_KEY: 'sk-1' },
      }),
    );
    expect(config.providers['openai']).toMatchObject({
      api_key: 'sk-1',
      base_url: 'https://api.openai.com',
      http_client: { max_retries: 1, timeout_secs: 40 },
    });
  });

  it('an explicit file wins over the usual one', () => {
    const input = configInput({ yaml: 'port: 1\n' });
    const other = join(input.homeDir, 'other.yaml');
    writeFileSync(other, 'port: 2\n');
    expect(requireConfig({ ...input, env: { LUNAROUTE_CONFIG: '~/other.yaml' } }).config.port).toBe(
      2,
    );
    expect(requireConfig({ ...input, configFlag: 'other.yaml' }).file).toBe(other);
  });
});

describe('problems', () => {
  it('are all told at once, each with its line and column', () => {
    const yaml = [
      'prot: 9000',
      'port: eighty',
      'providers:',
      '  openai:',
      '    http_client:',
      '      timeout_sec: 5',
      '      max_retries: 99',
      '  anthropic: {base_url: "ftp://x"}',
      'session_recording:',
      '  jsonl: {retention: {max_age_days: 1.5}}',
      'api_dialect: opnai',
      'routes:',
      '  - {modle: "gpt-*", provider: openai}',
      'compress_after_days: 3',
    ].join('\n');
    const found = problems(yaml);
    for (const expected of [
      '1:1: error: prot: no such key. Did you mean port?',
      '2:1: error: port: expected a whole number, not "eighty"',
      '6:7: error: providers.openai.http_client.timeout_sec: no such key. Did you mean timeout_secs?',
      '7:7: error: providers.openai.http_client.max_retries: must be at most 20, not 99',
      '8:15: error: providers.anthropic.base_url: expected an http:// or https:// URL without query or fragment',
      '10:23: error: session_recording.jsonl.retention.max_age_days: expected a whole number, not 1.5',
      '11:1: error: api_dialect: expected one of both, openai, anthropic, not "opnai"',
      '13:6: error: routes.0.modle: no such key. Did you mean model?',
      '14:1: error: compress_after_days: no such key. Did you mean session_recording.jsonl.retention.compress_after_days?',
    ]) {
      expect(found).toContain(expected);
    }
  });

  it('of the file are told even where a variable wins over it', () => {
    expect(problems('port: x\n', { LUNAROUTE_PORT: '9' })).toEqual([
      '1:1: error: port: expected a whole number, not "x"',
    ]);
  });

  it('of a variable name the variable', () => {
    expect(problems('', { LUNAROUTE_PORT: 'x', LUNAROUTE_ENABLE_JSONL_WRITER: 'maybe' })).toEqual([
      'LUNAROUTE_PORT: error: port: expected a whole number, not "x"',
      'LUNAROUTE_ENABLE_JSONL_WRITER: error: session_recording.jsonl.enabled: expected true or false, not "maybe"',
    ]);
  });

  it('never repeat a key or the password in a URL', () => {
    const text = problems('providers: {openai: {api_key: [canary1], base_url: "x://u:canary2@h"}}');
    expect(text).toHaveLength(2);
    expect(text.join()).not.toContain('canary');
  });

  it.each([
    ['a: [1', '1:'],
    ['port: 1\nport: 2\n', '2:1'],
    ['- 1\n', '1:1: error: expected keys and values'],
  ])('YAML that cannot be read has its place: %j', (yaml, start) => {
    const [first] = problems(yaml);
    expect(first).toContain(start);
  });

  it('a named file that is missing is an error, not an empty configuration', () => {
    const { loaded, diagnostics } = loadConfig({ ...configInput({}), configFlag: 'gone.yaml' });
    expect(loaded).toBeNull();
    expect(diagnostics[0]?.message).toContain('cannot be read');
  });

  it('a provider with its own name needs a type; its base URL follows from it', () => {
    expect(problems('providers: {antropic: {enabled: true}}')).toEqual([
      '1:24: error: providers.antropic: needs a type (openai or anthropic), or did you mean providers.anthropic?',
    ]);
    const input = configInput({ yaml: 'providers: {work: {type: anthropic}}' });
    expect(requireConfig(input).config.providers['work']?.base_url).toBe(
      'https://api.anthropic.com',
    );
  });

  it('a route to no enabled provider, and no provider at all', () => {
    expect(problems('routes: [{model: "x*", provider: opanai}]')[0]).toContain(
      'Did you mean openai?',
    );
    const off = '{enabled: false}';
    expect(
      problems(`providers: {openai: ${off}, anthropic: ${off}, chatgpt: ${off}}`).join(),
    ).toContain('enable at least one');
  });

  it('a web page that other machines reach, without a token', () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'my-machine']) {
      expect(problems(`ui: {host: "${host}"}`)).toEqual([
        expect.stringMatching(/^1:6: error: ui\.host: .*set ui\.auth_token/),
      ]);
      expect(problems(`ui: {host: "${host}", auth_token: 0123456789abcdef}`)).toEqual([]);
      expect(problems(`ui: {host: "${host}", enabled: false}`)).toEqual([]);
    }
    expect(problems('ui: {host: 127.0.0.2}')).toEqual([]);
    const variables = { LUNAROUTE_UI_HOST: '0.0.0.0', LUNAROUTE_UI_AUTH_TOKEN: 'a-canary' };
    const text = problems('', variables).join();
    expect(text).toContain('LUNAROUTE_UI_AUTH_TOKEN');
    expect(text).not.toContain('a-canary');
  });

  it('requireConfig throws them as one error', () => {
    const input = configInput({ yaml: 'a1: 1\nb2: 2\n' });
    expect(() => requireConfig(input)).toThrow(/2 problems[\s\S]*a1[\s\S]*b2/);
  });
});

describe('warnings', () => {
  it('unknown variables, with the nearest', () => {
    const { warnings } = requireConfig(configInput({ env: { LUNAROUTE_PROT: '1', LUNA: 'x' } }));
    expect(warnings.map(describeDiagnostic)).toEqual([
      'LUNAROUTE_PROT: warning: no such variable; it does nothing. Did you mean LUNAROUTE_PORT?',
    ]);
  });
});

describe('expansion', () => {
  it('~ and ${VAR}, typed as the key wants', () => {
    const input = configInput({
      yaml: [
        'port: ${P}',
        'host: ${H:-127.0.0.2}',
        'session_recording: {enabled: "${ON}", jsonl: {directory: ~/logs}}',
        'providers: {openai: {api_key: "${K}"}}',
      ].join('\n'),
      env: { P: '9000', ON: 'no', K: '123456', H: '' },
    });
    const { config } = requireConfig(input);
    expect(config.port).toBe(9000);
    expect(config.host).toBe('127.0.0.2');
    expect(config.session_recording.enabled).toBe(false);
    expect(config.session_recording.jsonl.directory).toBe(join(input.homeDir, 'logs'));
    expect(config.providers['openai']?.api_key).toBe('123456');
  });

  it('an unset variable is an error that names it, at its place', () => {
    expect(problems('port: 1\nhost: ${NOPE}\n')[0]).toBe(
      '2:1: error: host: the environment variable NOPE is not set; set it, or write ${NOPE:-default}',
    );
  });
});

it('describes where a value came from', () => {
  expect(describeSource({ kind: 'file', file: '/c.yaml', line: 3, column: 1 })).toBe('/c.yaml:3:1');
  expect(describeSource({ kind: 'flag', flag: '--port' })).toBe('--port');
});
