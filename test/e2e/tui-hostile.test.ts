// Nothing from the wire may reach the terminal as a control: a model's answer, a tool's name and
// arguments, a path, a header and a prompt carry all that xterm is known to obey. What counts is every
// byte that the program writes, and the terminal's state afterwards.
import { expect, test } from 'vitest';
import { startPacedProvider } from '../helpers/paced-provider.ts';
import { cleanEnv, freePort, tempHome } from '../helpers/program.ts';
import { TmuxProgram } from '../helpers/tmux.ts';

const EVIL = [
  '\u001b]52;c;ZXZpbA==\u0007',
  '\u001b]0;evil title\u0007',
  '\u001b]2;evil title\u001b\\',
  '\u001b]8;;file:///etc/passwd\u001b\\link\u001b]8;;\u001b\\',
  '\u001b]4;1;rgb:ff/00/00\u0007',
  '\u001b]10;#ff0000\u0007',
  '\u001b[2J\u001b[H',
  '\u001b[?1049l',
  '\u001b[?25h',
  '\u001b[?1000h\u001b[?1003h',
  '\u001b[?2004l',
  '\u001b[?7h',
  '\u001b[6n\u001b[c\u001b[>c',
  '\u001b[5;5r',
  '\u001b[8m hidden \u001b[28m',
  '\u001bP+q544e\u001b\\',
  '\u001bPq#0;2;0;0;0#0~~\u001b\\',
  '\u001b_Gi=1;AAAA\u001b\\',
  '\u001b^private\u001b\\',
  '\u001bc',
  '\u001b(0lqqk\u001b(B',
  '\u001b7\u001b[99;99H\u001b8',
  '\u009b31m\u009d0;evil title\u009c\u0090x\u009c',
  '\b\b\b\r\u0007\u0000\u000b\u000c\u000e\u000f\u007f',
  '\u202eesrever\u202c \u2066isolated\u2069',
  'zero\u200bwidth\u200d\ufeff\u2028\u2029',
  '\ttabs\tand\t漢字漢字 e\u0301e\u0301 👩‍👩‍👧‍👦🇩🇪',
].join('|');

/** What the program itself may send, and nothing else that begins with ESC. */
const OWN = [
  /\u001b\[[0-9;]*m/g, // colours
  /\u001b\[[0-9;]*[A-HJK]/g, // cursor and erase
  /\u001b\[\?(?:25|1049|2026|2004|1000|1006|7)[hl]/g, // modes
  /\u001b\[2[23];2t/g, // the title, kept and given back
  /\u001b\]2;LunaRoute(?:: \d+ running)?\u001b\\/g, // the title
  /\u001b\[\?u/g,
];

test('hostile text is shown as text, in every view', async () => {
  const home = tempHome();
  const provider = await startPacedProvider({ 'x-evil': 'a\tb' });
  const port = await freePort();
  const screen = new TmuxProgram({
    env: cleanEnv(home.path, { LUNAROUTE_UI_PORT: '0' }),
    args: ['--port', String(port), '--anthropic-base-url', provider.url, '--theme', 'dark'],
  });
  await screen.shows('Nothing has been recorded');
  screen.tmux('set-buffer', 'untouched');
  const asked = fetch(`http://127.0.0.1:${port}/v1/messages?q=${encodeURIComponent(EVIL)}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-evil': 'caf\u00e9 \u009b31m \u00ad',
      'x-claude-code-session-id': 'evil-session',
    },
    body: JSON.stringify({
      model: `claude${EVIL}`,
      max_tokens: 9,
      stream: true,
      messages: [{ role: 'user', content: `prompt ${EVIL} end` }],
    }),
  }).then((response) => response.text());
  const answer = await provider.answer(0);
  answer.think(`thought ${EVIL} end`);
  answer.sayWhole(`answer ${EVIL} visible-after-all`);
  await screen.shows(/evil-ses.*run/);
  screen.keys('Enter');
  await screen.shows('visible-after-all');
  answer.callTool(`tool${EVIL}`, { command: EVIL });
  answer.end();
  await asked;
  await screen.shows('completed');
  screen.keys('t', 'G');
  for (let tab = 0; tab < 6; tab += 1) {
    screen.keys('l', 'G', 'g');
    await screen.shows('claude');
  }
  screen.keys('2');
  await screen.shows('FIRST PROMPT');
  screen.keys('3', 'l', 'l');
  await screen.shows(/\[cache\]/);
  screen.keys('l');
  await screen.shows('│ tool');
  screen.keys('6');
  await screen.shows('Requests');
  screen.keys('5').type('visible');
  await screen.shows('visible-after-all');
  screen.keys('Enter', '1');
  await screen.shows('evil-ses');

  expect(screen.state('alternate_on', 'cursor_flag', 'wrap_flag')).toBe('1 0 0');
  expect(screen.state('pane_title')).toBe('LunaRoute');
  expect(screen.tmux('show-buffer')).toBe('untouched');
  const foreign = OWN.reduce((text, own) => text.replace(own, ''), screen.raw());
  expect(
    foreign.match(
      /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff].{0,20}/g,
    ) ?? [],
  ).toEqual([]);
  screen.keys('q');
  await screen.shows('ended with 0');
  expect(screen.state('alternate_on', 'cursor_flag', 'mouse_any_flag', 'wrap_flag')).toBe(
    '0 1 0 1',
  );
  await provider.stop();
  home.remove();
});
