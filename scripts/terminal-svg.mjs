// Screens of a terminal, as tmux captures them (`capture-pane -e`), → one animated SVG: a strip of
// frames that moves up a frame at a time. Rows that stand in several frames are drawn once. Pure.
const CELL = { width: 8.4, height: 18 };
const PAD = 12;
const BACK = '#16161e';
const FRONT = '#c0caf5';
const COLOURS = [
  '#414868',
  '#f7768e',
  '#9ece6a',
  '#e0af68',
  '#7aa2f7',
  '#bb9af7',
  '#7dcfff',
  '#c0caf5',
];
const BRIGHT = [
  '#565f89',
  '#ff899d',
  '#b9f27c',
  '#ffc777',
  '#8db0ff',
  '#c7a9ff',
  '#b4f9f8',
  '#ffffff',
];

/** @param {{ rows: string[], ms: number }[]} frames @param {{ columns: number, lines: number, title: string }} size */
export function terminalSvg(frames, { columns, lines, title }) {
  const width = Math.ceil(columns * CELL.width + 2 * PAD);
  const height = lines * CELL.height + 2 * PAD;
  const known = new Map();
  const drawn = frames.map(({ rows }, index) => {
    const uses = rows.map((row, line) => {
      const body = drawRow(row);
      if (body === '') return '';
      if (!known.has(body)) known.set(body, `r${known.size}`);
      return `<use href="#${known.get(body)}" y="${line * CELL.height}"/>`;
    });
    return `<g transform="translate(0 ${index * height})">${uses.join('')}</g>`;
  });
  const defs = [...known].map(([body, id]) => `<g id="${id}">${body}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${xml(title)}">
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${FRONT};white-space:pre}.b{font-weight:700}.d{opacity:.6}${keyframes(frames, height)}</style>
<rect width="100%" height="100%" rx="8" fill="${BACK}"/>
<defs>${defs.join('\n')}</defs>
<svg x="${PAD}" y="${PAD}" width="${width - 2 * PAD}" height="${height - 2 * PAD}" overflow="hidden"><g class="strip">
${drawn.join('\n')}
</g></svg>
</svg>
`;
}

function keyframes(frames, height) {
  const total = frames.reduce((sum, { ms }) => sum + ms, 0);
  let at = 0;
  const steps = frames.map(({ ms }, index) => {
    const step = `${((at / total) * 100).toFixed(3)}%{transform:translateY(${-index * height}px)}`;
    at += ms;
    return step;
  });
  return `@keyframes strip{${steps.join('')}}.strip{animation:strip ${(total / 1000).toFixed(1)}s steps(1,jump-end) infinite}`;
}

function drawRow(row) {
  let column = 0;
  let body = '';
  for (const { text, style } of runsOf(row)) {
    const cells = [...text].length;
    const x = (column * CELL.width).toFixed(1);
    const front = style.isInverse ? (style.back ?? BACK) : style.front;
    const back = style.isInverse ? (style.front ?? FRONT) : style.back;
    if (back !== null) {
      body += `<rect x="${x}" width="${(cells * CELL.width).toFixed(1)}" height="${CELL.height}" fill="${back}"/>`;
    }
    if (text.trim() !== '') {
      const classes = [style.isBold ? 'b' : '', style.isDim ? 'd' : ''].join(' ').trim();
      const marks = `${classes ? ` class="${classes}"` : ''}${front ? ` style="fill:${front}"` : ''}`;
      body += `<text x="${x}" y="13"${marks} textLength="${(cells * CELL.width).toFixed(1)}" lengthAdjust="spacingAndGlyphs">${xml(text)}</text>`;
    }
    column += cells;
  }
  return body;
}

/** Text of one style each. */
function* runsOf(row) {
  let style = plain();
  for (const [index, part] of row.trimEnd().split('\u001b[').entries()) {
    const end = index === 0 ? -1 : part.indexOf('m');
    if (end >= 0) style = restyle(style, part.slice(0, end));
    const text = part.slice(end + 1);
    if (text !== '') yield { text, style };
  }
}

function plain() {
  return { front: null, back: null, isBold: false, isDim: false, isInverse: false };
}

function restyle(before, codes) {
  const numbers = codes === '' ? [0] : codes.split(';').map(Number);
  let style = { ...before };
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i];
    if (code === 0) style = plain();
    else if (code === 1) style.isBold = true;
    else if (code === 2) style.isDim = true;
    else if (code === 7) style.isInverse = true;
    else if (code === 22) Object.assign(style, { isBold: false, isDim: false });
    else if (code === 27) style.isInverse = false;
    else if (code === 39) style.front = null;
    else if (code === 49) style.back = null;
    else if (code === 38 || code === 48) {
      const [colour, used] = extended(numbers.slice(i + 1));
      style[code === 38 ? 'front' : 'back'] = colour;
      i += used;
    } else if (code >= 30 && code <= 37) style.front = COLOURS[code - 30];
    else if (code >= 40 && code <= 47) style.back = COLOURS[code - 40];
    else if (code >= 90 && code <= 97) style.front = BRIGHT[code - 90];
    else if (code >= 100 && code <= 107) style.back = BRIGHT[code - 100];
  }
  return style;
}

/** `5;n` of the 256 colours, or `2;r;g;b`. */
function extended([kind, ...values]) {
  if (kind === 2) return [`rgb(${values.slice(0, 3).join(',')})`, 4];
  const n = values[0];
  if (n < 8) return [COLOURS[n], 2];
  if (n < 16) return [BRIGHT[n - 8], 2];
  if (n >= 232) {
    const grey = 8 + (n - 232) * 10;
    return [`rgb(${grey},${grey},${grey})`, 2];
  }
  const level = (value) => (value === 0 ? 0 : 55 + value * 40);
  const cube = n - 16;
  return [
    `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`,
    2,
  ];
}

function xml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
