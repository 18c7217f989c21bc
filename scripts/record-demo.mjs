// `npm run docs:recording`: plays `lunaroute demo` in a real terminal (tmux), presses a few keys, and
// writes what is seen to docs/demo.svg.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { terminalSvg } from './terminal-svg.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const COLUMNS = 104;
const LINES = 26;
const FRAME_MS = 400;
/** What is pressed, and for how many frames it is then looked at. */
const STORY = [
  ['', 16],
  ['Up', 2],
  ['Enter', 6],
  ['Escape', 2],
  ['2', 5],
  ['Enter', 6],
  ['6', 7],
];

const home = mkdtempSync(join(tmpdir(), 'lunaroute-recording-'));
const socket = `lunaroute-recording-${process.pid}`;
const tmux = (...args) => execFileSync('tmux', ['-u', '-L', socket, ...args], { encoding: 'utf8' });

const frames = [];
function look() {
  const rows = tmux('capture-pane', '-p', '-e', '-t', 'd').split('\n').slice(0, LINES);
  const last = frames.at(-1);
  if (last !== undefined && last.rows.join('\n') === rows.join('\n')) last.ms += FRAME_MS;
  else frames.push({ rows, ms: FRAME_MS });
}

try {
  const program = `'${process.execPath}' '${root}bin/lunaroute.cjs' demo`;
  const env = ['PATH', 'LANG'].map((name) => `${name}='${process.env[name] ?? ''}'`).join(' ');
  tmux(
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    '-s',
    'd',
    '-x',
    String(COLUMNS),
    '-y',
    String(LINES),
    `env -i HOME='${home}' TERM=xterm-256color COLORTERM=truecolor ${env} ${program}`,
  );
  tmux('set-option', '-g', 'status', 'off');
  while (!tmux('capture-pane', '-p', '-t', 'd').includes('LunaRoute')) await sleep(50);
  for (const [key, count] of STORY) {
    if (key !== '') tmux('send-keys', '-t', 'd', key);
    for (let i = 0; i < count; i++) {
      await sleep(FRAME_MS);
      look();
    }
  }
} finally {
  tmux('kill-server');
  rmSync(home, { recursive: true, force: true });
}
const title = 'lunaroute demo: three agents in the terminal UI';
writeFileSync(
  `${root}docs/demo.svg`,
  terminalSvg(frames, { columns: COLUMNS, lines: LINES, title }),
);
