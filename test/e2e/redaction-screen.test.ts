// What a person sees: the terminal screen and the metrics of a program through which planted values go.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sseText, TURNS } from '../helpers/agent-turns.ts';
import { EVERYTHING_ON, foundIn, plantedValues } from '../helpers/planted.ts';
import { cleanEnv, freePort, tempHome, until } from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';
import { TmuxProgram } from '../helpers/tmux.ts';

const home = tempHome();
const values = plantedValues(200);
let provider: ScriptedProvider | undefined;

afterAll(async () => {
  await provider?.stop();
  home.remove();
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: -- finding control sequences is the purpose
const SEQUENCE = /\u001b\[[0-9;?]*[A-Za-z]|\u001b[()][A-Z0-9]|\r/g;

test('neither the screen nor the metrics show one of 200 values', async () => {
  const said = values.map(({ text }) => `Look at ${text} please.`).join('\n');
  const words = {
    system: said,
    prompt: said,
    toolInput: said,
    toolResult: said,
    earlierThinking: said,
    thinking: said,
    text: said,
    callArguments: said,
  };
  const turn = TURNS['anthropic']!(words, 3);
  provider = await startScriptedProvider((_req, res) => {
    res.setHeader('content-type', 'text/event-stream');
    res.end(sseText(turn.events));
  });
  const [port, metrics] = [await freePort(), await freePort()];
  const config = join(home.path, 'config.yaml');
  writeFileSync(config, `${EVERYTHING_ON}metrics: {enabled: true, port: ${metrics}}\n`);
  const screen = new TmuxProgram({
    env: cleanEnv(home.path, { LUNAROUTE_CONFIG: config, LUNAROUTE_UI_PORT: '0' }),
    args: ['--port', String(port), '--anthropic-base-url', provider.url],
    columns: 220,
    rows: 90,
  });
  await screen.shows('LunaRoute 0');
  const screens: string[] = [];
  for (const session of ['first-session', 'second-session']) {
    const res = await fetch(`http://127.0.0.1:${port}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': 'sk-ant-lab',
        'x-session-id': session,
        'content-type': 'application/json',
      },
      body: JSON.stringify(turn.request),
    });
    expect(await res.text()).toBe(sseText(turn.events));
    screens.push(await screen.shows(session.slice(0, 8)));
  }
  await until('the metrics', async () => {
    const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    expect(foundIn(text, values)).toEqual([]);
    return /redactions_total\{kind="API_KEY"\} \d{2}/.test(text) ? true : undefined;
  });
  screen.keys('2');
  screens.push(await screen.shows('first-se'));
  screen.keys('Enter');
  screens.push(await screen.shows('Look at'));
  screen.keys('l');
  screens.push(await screen.shows(/\[(?:API_KEY|EMAIL|PASSWORD)\]/));
  for (const key of [
    'PageDown',
    'PageDown',
    'l',
    'PageDown',
    'l',
    'PageDown',
    'End',
    'h',
    't',
    '6',
    '1',
  ]) {
    screen.keys(key);
    screens.push(screen.screen());
  }
  screen.keys('5').type('please');
  screens.push(await screen.shows('please'));
  screen.keys('Enter', 'Enter');
  screens.push(screen.screen());
  screen.keys('C-c', 'C-c');
  await screen.shows('ended with');
  const drawn = screen.raw().replaceAll(SEQUENCE, '');
  expect(foundIn(screens.join('\n') + drawn, values)).toEqual([]);
}, 90_000);
