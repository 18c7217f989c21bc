// Hostile input: JSONL files and configuration files that somebody, or a crash, has damaged. The
// program starts or says what is wrong; a session whose file is damaged is recorded on.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { formatTime } from '../../../src/core/format.ts';
import { answerAnthropic } from '../../helpers/anthropic-provider.ts';
import { configInput } from '../../helpers/config-input.ts';
import { drawnFrom, report, sized } from '../../helpers/hard.ts';
import { cleanEnv, runProgram, startServer, tempHome } from '../../helpers/program.ts';
import { call } from '../../helpers/proxy-client.ts';
import { startScriptedProvider } from '../../helpers/scripted-provider.ts';
import { untilRecorded } from '../helpers/hard-server.ts';
import { damaged, requestBody, value } from './hostile-bytes.ts';

const LINES = sized(600, 20_000);
const CONFIGS = sized(400, 5000);
const PROGRAM_CONFIGS = sized(4, 60);
const SEED = drawnFrom();
const SESSION = 'damaged-session';

const counts = { lines: 0, configs: 0, refused: 0, runs: 0 };
afterAll(() =>
  report('hostile input, files', {
    'cases run': counts.lines + counts.configs + counts.runs,
    seed: SEED,
    'JSONL lines read': counts.lines,
    'configuration files': counts.configs,
    'of them refused with reasons': counts.refused,
    'through the program': counts.runs,
  }),
);

const KINDS = ['request', 'response', 'tool_call', 'error', 'session', '__proto__', ''];
/** A line of the session's, with hostile values in its places; or no line at all. */
const line: fc.Arbitrary<Buffer> = damaged(
  fc
    .tuple(fc.constantFrom(...KINDS), fc.array(value, { minLength: 7, maxLength: 7 }))
    .map(([type, [messages, before, continues, params, id, name, at]]) =>
      Buffer.from(
        `{"type":"${type}","session_id":"${SESSION}","exchange_id":"e1","messages":${messages},"messages_before":${before},"continues":${continues},"params":${params},"id":${id},"name":${name},"at":${at}}`.replaceAll(
          '\n',
          ' ',
        ),
      ),
    ),
);

it('a session whose JSONL file is damaged is recorded on, and doctor ends', async () => {
  const home = tempHome();
  const [day = ''] = formatTime(Date.now()).split(' ');
  const folder = join(home.path, '.lunaroute/sessions', day);
  const file = join(folder, `session_${SESSION}.jsonl`);
  mkdirSync(folder, { recursive: true });
  const lines = fc.sample(fc.oneof(line, requestBody), { numRuns: LINES, seed: SEED });
  const nested = Buffer.from(
    `{"type":"request","session_id":"${SESSION}","exchange_id":"e2","messages":[${'['.repeat(20_000)}${']'.repeat(20_000)}],"messages_before":0}`,
  );
  writeFileSync(file, Buffer.concat([...lines, nested].flatMap((one) => [one, Buffer.from('\n')])));
  const provider = await startScriptedProvider((_seen, res) => answerAnthropic(res, {}));
  const env = cleanEnv(home.path, { LUNAROUTE_ANTHROPIC_BASE_URL: provider.url });
  const server = await startServer(env);
  try {
    const body = '{"model":"m","messages":[{"role":"user","content":"go on"}]}';
    for (let i = 0; i < 3; i += 1) {
      const headers = ['x-claude-code-session-id', SESSION, 'x-api-key', 'sk-ant-x'];
      const answer = await call(server.port, {
        method: 'POST',
        path: '/v1/messages',
        headers,
        body,
      });
      expect([answer.status, answer.wasCut]).toEqual([200, false]);
    }
    await untilRecorded(home.path, 3);
    const ready = (await (await fetch(`${server.url}/readyz`)).json()) as object;
    expect(JSON.stringify(ready)).toMatch(/"status":"ready"/);
    expect(server.output()).not.toMatch(/restart|died|RangeError|TypeError/i);
    const written = readFileSync(file, 'utf8').split('\n').slice(-12).join('\n');
    expect(written.includes('go on')).toBe(true);
    counts.lines += LINES + 1;
  } finally {
    await server.stop();
    await provider.stop();
  }
  const doctor = await runProgram(['doctor', '--json'], env);
  expect([doctor.code === 0 || doctor.code === 1, doctor.stderr]).toEqual([true, '']);
  expect(JSON.parse(doctor.stdout)).toBeTypeOf('object');
  home.remove();
});

const SCALARS = [
  '8081',
  '-1',
  '1e400',
  '"x"',
  'true',
  '~',
  '[]',
  '{}',
  '*a',
  '&a [*a]',
  '!!js/function x',
  '"\\u0000"',
  '0x1F',
  '99999999999999999999',
  "'",
  `${'$'}{HOME}`,
  `${'$'}{NO_SUCH}`,
  '| \n  x',
  '? a',
  '<<: *x',
  '__proto__',
];
const KEYS = [
  'port',
  'host',
  'providers',
  'routes',
  'prices',
  'session_recording',
  'bypass',
  'logging',
  'ui',
  '__proto__',
  'constructor',
  'toString',
  '"\\0"',
  'prot',
  'allowed_hosts',
];
const yamlLine = fc
  .tuple(fc.nat({ max: 3 }), fc.constantFrom(...KEYS), fc.constantFrom(...SCALARS))
  .map(([indent, key, scalar]) => `${'  '.repeat(indent)}${key}: ${scalar}\n`);
const yaml: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(yamlLine, { maxLength: 6 }).map((all) => Buffer.from(all.join(''))),
  },
  {
    weight: 2,
    arbitrary: damaged(
      fc.constant(
        Buffer.from(
          'host: 127.0.0.1\nport: 8081\nproviders:\n  openai:\n    base_url: "http://127.0.0.1:1"\n    http_client: { timeout_secs: 5 }\nroutes:\n  - { model: "gpt-*", provider: openai }\n',
        ),
      ),
    ),
  },
  { weight: 1, arbitrary: value.map((one) => Buffer.from(one)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((all) => Buffer.from(all)) },
  {
    weight: 1,
    arbitrary: fc.constant(
      Buffer.from(
        `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n`,
      ),
    ),
  },
);

it('every configuration file loads, or is refused with the reasons', () => {
  const input = configInput({});
  const before = Object.getOwnPropertyNames(Object.prototype).length;
  fc.assert(
    fc.property(yaml, (bytes) => {
      writeFileSync(input.file, bytes);
      const { loaded, diagnostics } = loadConfig(input);
      counts.configs += 1;
      counts.refused += loaded === null ? 1 : 0;
      expect(loaded !== null || diagnostics.some(({ severity }) => severity === 'error')).toBe(
        true,
      );
      expect(diagnostics.every(({ message }) => message.length > 0)).toBe(true);
    }),
    { numRuns: CONFIGS, seed: SEED },
  );
  expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
});

it('the program says what is wrong with a configuration file, and shows no stack', async () => {
  const home = tempHome();
  mkdirSync(join(home.path, '.lunaroute'));
  for (const bytes of fc.sample(yaml, { numRuns: PROGRAM_CONFIGS, seed: SEED })) {
    writeFileSync(join(home.path, '.lunaroute/config.yaml'), bytes);
    const { code, stdout, stderr } = await runProgram(['config', 'check'], cleanEnv(home.path));
    counts.runs += 1;
    expect([code === 0 || code === 1, `${stdout}${stderr}`]).toEqual([
      true,
      expect.not.stringMatching(/\n\s+at |\0|Error:/),
    ]);
    expect(`${stdout}${stderr}`).toMatch(/\w/);
  }
  home.remove();
});
