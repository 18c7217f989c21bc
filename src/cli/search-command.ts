/** `lunaroute sessions search`: what its language is, in its help. */
import { Argument, type Command } from 'commander';
import { FILTER_FORMS } from '../core/search-filters.ts';
import { parseCount } from './arguments.ts';
import { addCommand, example, type Registry } from './registry.ts';

const LANGUAGE = `
What is typed:
  parser token       both words, in any order
  '"fix the parser"' a phrase
  pars*              words that begin so
  -legacy            must not occur
  foo_bar src/x.ts   as it is written, inside longer names too
  ${FILTER_FORMS}
                     role: user, assistant, tool, system; before: and after: 7d or 2026-11-24;
                     error: yes, no or a text; -name: for all others
`;

export function addSearchCommand(sessions: Command, registry: Registry): void {
  const search = addCommand(sessions, registry, {
    name: 'search',
    description: 'full text over prompts, answers, thinking, tool calls and results',
    flags: 'database',
    isLong: true,
    load: async () => (await import('./commands/sessions-search.ts')).runSessionsSearch,
  });
  search
    .addArgument(new Argument('<text...>', 'words, a phrase, filters'))
    .option('--limit <count>', 'at most so many', parseCount, 20)
    .option('--fuzzy', 'forgive mistyped words')
    // -word says what must not occur.
    .allowUnknownOption()
    .addHelpText('after', LANGUAGE);
  example(search, [
    ['lunaroute sessions search database migration', 'both words'],
    ['lunaroute sessions search "TypeError: cannot" tool:Bash after:7d', 'of a tool, last week'],
    ['lunaroute sessions search --fuzzy authMidleware', 'mistyped'],
  ]);
}
