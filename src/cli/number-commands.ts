/** Registers the commands about numbers: stats, limits, prices. */
import { Argument, type Command, Option } from 'commander';
import { parseCount } from './arguments.ts';
import { addCommand, example, type Registry, sinceOption } from './registry.ts';

const GROUPS = ['model', 'day', 'tool', 'client', 'session', 'project'];

export function addNumberCommands(program: Command, registry: Registry): void {
  addStats(program, registry);
  const limits = addCommand(program, registry, {
    name: 'limits',
    description: 'rate limits as the providers last reported them',
    flags: 'database',
    load: async () => (await import('./commands/limits.ts')).runLimits,
  });
  example(limits, [['lunaroute limits', 'what is left, and when it is renewed']]);
  addPrices(program, registry);
}

function addStats(program: Command, registry: Registry): void {
  const stats = addCommand(program, registry, {
    name: 'stats',
    description: 'tokens, cost, tools and times of one session or of all',
    flags: 'database',
    isLong: true,
    load: async () => (await import('./commands/stats.ts')).runStats,
  });
  stats
    .addArgument(new Argument('[id]', 'session id, any unique beginning of it, or last'))
    .addOption(sinceOption(registry))
    .addOption(new Option('--by <group>', 'one row for each of them').choices(GROUPS))
    .option('--csv', 'the rows as CSV (with --by, --cache or --tools)')
    .option('--cache', "why the session's prompt cache missed, and what that cost")
    .option('--tools', "the session's tools: definitions, calls and results, in tokens")
    .option('--sessions <count>', 'how many sessions to show before the total', parseCount, 5)
    .option('--limit <count>', 'at most so many rows', parseCount, 100);
  example(stats, [
    ['lunaroute stats last', 'the newest session'],
    ['lunaroute stats --since 7d --by model', 'the last week, model by model'],
    ['lunaroute stats last --cache', 'where its prompt cache was lost'],
  ]);
}

function addPrices(program: Command, registry: Registry): void {
  const prices = program.command('prices').description('what tokens cost');
  const show = addCommand(prices, registry, {
    name: 'show',
    description: 'the price of a model, and where it comes from',
    load: async () => (await import('./commands/prices.ts')).runPricesShow,
  });
  show.addArgument(new Argument('<model>', 'name of the model'));
  example(show, [['lunaroute prices show claude-opus-5-5', 'its rates']]);
  const update = addCommand(prices, registry, {
    name: 'update',
    description: 'fetch the newest price table (used after a restart)',
    load: async () => (await import('./commands/prices.ts')).runPricesUpdate,
  });
  update.option('--from <url>', 'where it is fetched: a URL or a file');
  example(update, [['lunaroute prices update', 'from the genai-prices project']]);
  const reprice = addCommand(prices, registry, {
    name: 'reprice',
    description: 'price recorded exchanges again with the present table',
    flags: 'database',
    load: async () => (await import('./commands/prices.ts')).runPricesReprice,
  });
  reprice.addOption(sinceOption(registry));
  example(reprice, [['lunaroute prices reprice --since 30d', 'the last 30 days']]);
}
