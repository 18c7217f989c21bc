import { expect, test } from 'vitest';
import { actionFor, bindingsOf, VIEWS } from '../../src/tui/keymap.ts';
import { findCommands, helpLines } from '../../src/tui/overlays.ts';
import { makeTheme } from '../../src/tui/theme.ts';

test.each(VIEWS)('no key of the view %s has two meanings, and help names them all', (view) => {
  const bindings = bindingsOf(view);
  const keys = bindings.flatMap((binding) => binding.keys);
  expect(new Set(keys).size).toBe(keys.length);
  const help = helpLines(view, makeTheme('none'), 100).join('\n');
  for (const { help: words, keys: named, action } of bindings) {
    expect(help).toContain(words);
    expect(actionFor(named[0] ?? '', view)).toBe(action);
  }
});

test('the palette finds a command by what it does', () => {
  expect(findCommands('html', 'live')[0]?.action).toBe('export');
  expect(findCommands('', 'live')).toHaveLength(bindingsOf('live').length);
});
