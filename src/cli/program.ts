/**
 * The command line: every command, its options, help and examples. A command's code is loaded only
 * when it runs, so `--version` and `--help` stay fast and load no database, network or UI library.
 */
import { Argument, type Command, CommanderError, Option } from 'commander';
import { nearest } from '../core/nearest.ts';
import { safeText } from '../core/text.ts';
import { addArchiveCommands } from './archive-commands.ts';
import { parseCount, parseOffset } from './arguments.ts';
import { SHELLS } from './background/exports.ts';
import { type CommandShape, ProgramCommand, shapeOf } from './command-shape.ts';
import type { Context, Invocation } from './context.ts';
import { addDemoCommand } from './demo-command.ts';
import { addDoctorCommand } from './doctor-commands.ts';
import { addExportCommand } from './export-commands.ts';
import { givenConfigFlags } from './flags.ts';
import { addImportCommands } from './import-commands.ts';
import { addNumberCommands } from './number-commands.ts';
import { runPaged } from './pager.ts';
import { addRedactCommands } from './redact-commands.ts';
import { addCommand, example, type Registry, sinceOption } from './registry.ts';
import { addSearchCommand } from './search-command.ts';
import { addShellCommands } from './shell-commands.ts';
import { addUiCommand } from './ui-command.ts';
import { VERSION } from './version.ts';

const USAGE_ERROR = 2;

/** Runs the command line; returns the exit code. Throws UserError and what is a bug. */
export async function runProgram(argv: readonly string[], context: Context): Promise<number> {
  let exitCode = 0;
  const program = makeProgram(context, {
    context,
    run: async (command, load, isLong) => {
      const run = await load();
      const invocation: Invocation = {
        context,
        args: command.args,
        option: (name) => command.getOptionValue(name),
        isJson: command.optsWithGlobals()['json'] === true,
        isHeadless: command.optsWithGlobals()['headless'] === true,
        configFlags: givenConfigFlags(command),
        commands: () => shapeOf(program),
      };
      exitCode = isLong ? await runPaged(run, invocation) : await run(invocation);
    },
  });
  try {
    rejectUnknownCommand(program, argv);
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said what is wrong; help and version "fail" with 0.
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
}

/** The whole command line as data, without running any of it. */
export function describeProgram(context: Context): CommandShape {
  return shapeOf(makeProgram(context, { context, run: () => Promise.resolve() }));
}

function makeProgram(context: Context, registry: Registry): Command {
  const { raw, hasColour, style, noteStyle } = context.print;
  const program = new ProgramCommand('lunaroute')
    .description('A local proxy for AI coding assistants that shows and records every interaction')
    .version(VERSION, '-V, --version', 'print the version')
    .option('--json', 'print one JSON document (commands that print data)')
    .option('--no-color', 'no colours (also: NO_COLOR=1)')
    .option('--headless', 'without the terminal UI')
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: style.bold,
      styleCommandText: style.bold,
      styleSubcommandText: style.good,
      styleOptionText: style.good,
      styleArgumentText: style.good,
    })
    .configureOutput({
      writeOut: (text) => raw(text, 'out'),
      writeErr: (text) => raw(safeText(text), 'err'),
      outputError: (text) => raw(noteStyle.bad(safeText(text)), 'err'),
      getOutHasColors: () => hasColour,
    })
    .showHelpAfterError('(see --help)')
    .exitOverride((error) => {
      throw withExitCode(error, USAGE_ERROR);
    });
  example(program, [
    ['lunaroute', 'the proxy and its screen, here'],
    ['eval "$(lunaroute env)"', 'start it in the background, use it in this shell'],
    ['lunaroute sessions show last', 'what the last session did'],
    ['lunaroute stats', 'tokens, tools and times of all sessions'],
  ]);
  addServerCommands(program, registry);
  addClientCommands(program, registry);
  addUiCommand(program, registry);
  addDemoCommand(program, registry);
  const sessions = program.command('sessions').description('what was recorded');
  addSessionCommands(sessions, registry);
  addSearchCommand(sessions, registry);
  addArchiveCommands(sessions, registry);
  addHistoryCommands(program, registry);
  addExportCommand(program, registry);
  addImportCommands(program, registry);
  addNumberCommands(program, registry);
  addRedactCommands(program, registry);
  addConfigCommands(program, registry);
  addDoctorCommand(program, registry);
  addShellCommands(program, registry);
  return program;
}

function withExitCode(error: CommanderError, code: number): CommanderError {
  return error.exitCode === 0 ? error : new CommanderError(code, error.code, error.message);
}

function addServerCommands(program: Command, registry: Registry): void {
  const screen = addCommand(program, registry, {
    name: 'screen',
    description:
      'the terminal UI: starts the proxy, or attaches to the one that runs (the default)',
    flags: 'server',
    isDefault: true,
    load: async () => (await import('./commands/screen.ts')).runScreen,
  });
  screen.addOption(new Option('--theme <name>', 'colours').choices(['dark', 'light', 'none']));
  example(screen, [['lunaroute --theme light', 'on a light background']]);
  const serve = addCommand(program, registry, {
    name: 'serve',
    description: 'run the proxy in the foreground, without the terminal UI',
    flags: 'server',
    load: async () => (await import('./commands/serve.ts')).runServe,
  });
  example(serve, [
    ['lunaroute serve --log-requests', 'one line for each request'],
    ['lunaroute serve --port 9000', 'on another port'],
  ]);
  addCommand(program, registry, {
    name: 'status',
    description: 'whether the server runs (exit code 1 when not)',
    flags: 'address',
    load: async () => (await import('./commands/status.ts')).runStatus,
  });
  addCommand(program, registry, {
    name: 'stop',
    description: 'end the server: running requests may finish, records are written',
    flags: 'address',
    load: async () => (await import('./commands/stop.ts')).runStop,
  });
  const logs = addCommand(program, registry, {
    name: 'logs',
    description: "the background server's log",
    load: async () => (await import('./commands/logs.ts')).runLogs,
  });
  logs
    .option('-f, --follow', 'go on as the log grows')
    .option('-n, --lines <count>', 'how many lines of its end', parseCount, 100);
  example(logs, [['lunaroute logs -f', 'follow it']]);
}

/** What points clients at the server. */
function addClientCommands(program: Command, registry: Registry): void {
  const env = addCommand(program, registry, {
    name: 'env',
    description: 'start the background server if none runs, and print the exports for a shell',
    flags: 'server',
    load: async () => (await import('./commands/env.ts')).runEnv,
  });
  // eval hides what kind of failure it was; the promise is: no exports, exit code 1.
  env.exitOverride((error) => {
    throw withExitCode(error, 1);
  });
  env.addOption(new Option('--shell <name>', 'syntax of the exports').choices(SHELLS));
  example(env, [
    ['eval "$(lunaroute env)"', 'bash, zsh'],
    ['lunaroute env | source', 'fish'],
    ['lunaroute env | Out-String | Invoke-Expression', 'PowerShell'],
  ]);
  const run = addCommand(program, registry, {
    name: 'run',
    description: 'run a client through LunaRoute (started if need be); its exit code is returned',
    flags: 'server',
    load: async () => (await import('./commands/run.ts')).runRun,
  });
  run.addArgument(new Argument('<command...>', 'the client and its arguments, after --'));
  example(run, [
    ['lunaroute run -- claude -p "Hello"', 'Claude Code'],
    ['lunaroute run -- codex', 'Codex, without changing its configuration'],
  ]);
  const setup = program.command('setup').description('point a client at LunaRoute for good');
  const codex = addCommand(setup, registry, {
    name: 'codex',
    description: "add openai_base_url to Codex's config.toml; everything else in it stays",
    flags: 'address',
    load: async () => (await import('./commands/setup-codex.ts')).runSetupCodex,
  });
  codex.option('--undo', 'take it out again').option('-y, --yes', 'change the file without asking');
  example(codex, [['lunaroute setup codex --undo', 'as it was before']]);
}

function addSessionCommands(sessions: Command, registry: Registry): void {
  const list = addCommand(sessions, registry, {
    name: 'list',
    description: 'sessions, newest first',
    flags: 'database',
    isLong: true,
    load: async () => (await import('./commands/sessions-list.ts')).runSessionsList,
  });
  list
    .option('--limit <count>', 'at most so many', parseCount, 20)
    .addOption(sinceOption(registry))
    .option('--model <text>', 'whose model name contains this')
    .option('--client <name>', 'of one client: claude-code, codex, opencode …')
    .option('--provider <name>', 'of one provider');
  example(list, [['lunaroute sessions list --since 2h --model opus', 'recent ones of a model']]);

  const show = addCommand(sessions, registry, {
    name: 'show',
    description: 'the exchanges of one session',
    flags: 'database',
    isLong: true,
    load: async () => (await import('./commands/sessions-show.ts')).runSessionsShow,
  });
  show
    .addArgument(new Argument('<id>', 'session id, any unique beginning of it, or last'))
    .option('--limit <count>', 'at most so many exchanges', parseCount, 200)
    .option('--offset <count>', 'leave out so many', parseOffset, 0)
    .option(
      '--no-auxiliary',
      "leave out the client's helper calls: titles, warm-ups, token counts",
    );
  example(show, [['lunaroute sessions show last', 'the newest session']]);
}

/** What goes over the whole history. */
function addHistoryCommands(program: Command, registry: Registry): void {
  const reindex = addCommand(program, registry, {
    name: 'reindex',
    description: "read the stored bytes again with this version's parsers; sums and search follow",
    flags: 'database',
    load: async () => (await import('./commands/reindex.ts')).runReindex,
  });
  reindex.addOption(sinceOption(registry));
  example(reindex, [['lunaroute reindex --since 7d', 'what was recorded in the last week']]);
}

function addConfigCommands(program: Command, registry: Registry): void {
  const config = program.command('config').description('the configuration');
  const show = addCommand(config, registry, {
    name: 'show',
    description: 'every value and where it comes from',
    flags: 'server',
    isLong: true,
    load: async () => (await import('./commands/config.ts')).runConfigShow,
  });
  show.option('--explain', 'what each key means');
  example(show, [['lunaroute config show --explain', 'with explanations']]);
  addCommand(config, registry, {
    name: 'check',
    description: 'all problems at once (exit code 1 when there are any)',
    flags: 'server',
    load: async () => (await import('./commands/config.ts')).runConfigCheck,
  });
}

/** Without this, a mistyped command would be taken for an argument of the default command. */
function rejectUnknownCommand(program: Command, argv: readonly string[]): void {
  const word = argv.find((argument) => !['--headless', '--json', '--no-color'].includes(argument));
  if (word === undefined || word.startsWith('-')) return;
  const names = [...program.commands.map((command) => command.name()), 'help'];
  if (names.includes(word)) return;
  const near = nearest(word, names) ?? namedBelow(program, word);
  program.error(
    `error: unknown command '${word}'${near === null ? '' : `\n(Did you mean ${near}?)`}`,
  );
}

/** `prune` → `sessions prune`. */
function namedBelow(program: Command, word: string): string | null {
  const parent = program.commands.find(({ commands }) =>
    commands.some((command) => command.name() === word),
  );
  return parent === undefined ? null : `${parent.name()} ${word}`;
}
