/** What lies over a view: help, the palette of commands, the question before quitting. Pure. */
import Fuse from 'fuse.js';
import { type Binding, bindingsOf, keyName, type ViewName } from './keymap.ts';
import { clip, fitCell } from './text/cells.ts';
import type { Theme } from './theme.ts';
import type { Area } from './views/view.ts';

const KEY_WIDTH = 16;
const TWO_COLUMNS_FROM = 130;
const FILTER_HELP = [
  'Filter: words, and model: client: tool: session: status:200 status:>=400 status:err',
  '        >1000tok >5s <500ms cost>0.1; ! before a term turns it around',
];

/** Every key of the view, and what a filter can say: as long as it is, to be scrolled. */
export function helpLines(view: ViewName, theme: Theme, width: number): string[] {
  const entries = bindingsOf(view).map(
    ({ keys, help }) => `  ${fitCell(keys.map(keyName).join(' '), KEY_WIDTH)} ${help}`,
  );
  const columns = width >= TWO_COLUMNS_FROM ? 2 : 1;
  const perColumn = Math.ceil(entries.length / columns);
  const each = Math.floor(width / columns);
  const grid = entries
    .slice(0, perColumn)
    .map((left, row) =>
      columns === 1 ? left : fitCell(left, each) + (entries[row + perColumn] ?? ''),
    );
  return [
    theme.paint(` Keys of the view ${view} (j and k scroll, any other key closes)`, 'title'),
    ...grid.map((line) => clip(line, width)),
    '',
    ...FILTER_HELP.map((line) => theme.paint(clip(`  ${line}`, width), 'dim')),
  ];
}

/** Commands of the view that the typed letters fitCell, best first. */
export function findCommands(typed: string, view: ViewName): readonly Binding[] {
  const commands = bindingsOf(view);
  if (typed.trim() === '') return commands;
  const fuse = new Fuse(commands, {
    keys: [
      { name: 'action', weight: 2 },
      { name: 'help', weight: 1 },
    ],
    threshold: 0.4,
    ignoreLocation: true,
  });
  return fuse.search(typed.trim()).map(({ item }) => item);
}

export function paletteLines(
  commands: readonly Binding[],
  selected: number,
  theme: Theme,
  { width, height }: Area,
): string[] {
  const room = Math.max(1, height - 2);
  const start = Math.max(0, Math.min(selected - Math.floor(room / 2), commands.length - room));
  const rows = commands.slice(start, start + room).map((command, index) => {
    const isSelected = start + index === selected;
    const text = `${fitCell(command.action, 18)} ${fitCell(command.keys.map(keyName).join(' '), 16)} ${command.help}`;
    const line = fitCell(`${isSelected ? '> ' : '  '}${text}`, width - 1);
    return theme.paint(line, isSelected ? 'inverse' : null);
  });
  return [theme.paint(' Commands: type to find, Enter runs, Esc closes', 'title'), ...rows];
}

export function quitLines(running: number, theme: Theme): string[] {
  return [
    '',
    theme.paint(`  ${running} ${running === 1 ? 'exchange is' : 'exchanges are'} running.`, 'warn'),
    '',
    '  Quit?  y: let them end (10 s at most), then quit',
    '         ctrl-c: end them now',
    '         any other key: stay',
  ];
}
