/**
 * `lunaroute demo`: the real proxy, recorder and screen on free ports and a temporary data folder,
 * between scripted agents and their scripted provider. At the end what was recorded is compared with
 * what the provider sent. The folder goes on every kind of end; one that kill -9 left behind goes when
 * the next demo starts.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlagValue } from '../../config/layers.ts';
import type { Environment } from '../../config/paths.ts';
import { UserError } from '../../core/errors.ts';
import type { Stats } from '../../core/ports.ts';
import { playSessions } from '../../demo/agents.ts';
import { Pace } from '../../demo/pace.ts';
import { DemoProvider } from '../../demo/provider.ts';
import { DEMO } from '../../demo/script.ts';
import { verdict } from '../../demo/verdict.ts';
import type { Context, Invocation } from '../context.ts';
import { openBrowser } from '../open-browser.ts';
import type { Companion } from '../server/companion.ts';
import type { RunningServer } from '../server/running-server.ts';
import { serveWithScreen } from './screen.ts';
import { serveHeadless } from './serve.ts';

const PREFIX = 'lunaroute-demo-';
const PLANNED_REQUESTS = Object.values(DEMO).reduce((sum, { answers }) => sum + answers.length, 0);
/** What of the caller's environment would change where requests go. */
const FOREIGN = /^(?:LUNAROUTE|OPENAI|ANTHROPIC)_|_proxy$/i;

export async function runDemo(invocation: Invocation): Promise<number> {
  const { context, isHeadless, isJson, configFlags, option } = invocation;
  const { print, terminal } = context;
  if (isJson) throw new UserError('demo prints no data, so --json means nothing', { exitCode: 2 });
  if (configFlags.words.length > 0) {
    throw new UserError('demo takes no configuration: it has its own', { exitCode: 2 });
  }
  removeAbandoned();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${context.pid}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  context.onExit(remove);
  const pace = new Pace();
  const provider = new DemoProvider(pace);
  try {
    const providerUrl = await provider.start();
    const own = ownInvocation(invocation, folder, providerUrl);
    const isWeb = option('web') === true;
    const isScreen = !isHeadless && !isWeb && terminal !== null;
    const show = new Show(pace, {
      forMs: durationOf(invocation),
      endsByItself: !isScreen && !isWeb,
      browser: isWeb ? context : null,
    });
    const code = isScreen
      ? await serveWithScreen(own, terminal, show)
      : await serveHeadless(own, show);
    const planned = show.hasPlayedOut ? PLANNED_REQUESTS : null;
    const { text, isRight } = verdict(provider.sent, show.recorded(), planned);
    print.line(`\n${isRight ? print.style.good(text) : print.style.bad(text)}`);
    return isRight ? code : 1;
  } finally {
    provider.stop();
    remove();
  }
}

interface ShowOptions {
  /** It ends after so long. */
  readonly forMs: number | null;
  /** Else when all is played; otherwise somebody ends it. */
  readonly endsByItself: boolean;
  /** Where a browser is opened on its page, too. */
  readonly browser: Context | null;
}

/** Plays the sessions while the server runs. */
class Show implements Companion {
  readonly #pace: Pace;
  readonly #options: ShowOptions;
  #playing: Promise<void> = Promise.resolve();
  #server: RunningServer | null = null;
  #hasPlayedOut = false;

  constructor(pace: Pace, options: ShowOptions) {
    this.#pace = pace;
    this.#options = options;
  }

  async begin(server: RunningServer): Promise<'quit'> {
    this.#server = server;
    const { forMs, endsByItself, browser } = this.#options;
    const { uiUrl, url } = server.source.facts;
    if (browser !== null && uiUrl !== null) void openPage(uiUrl, browser);
    this.#playing = this.#play(url);
    if (forMs !== null) await sleep(forMs);
    else if (endsByItself) await this.#playing;
    else await new Promise<never>(() => undefined);
    return 'quit';
  }

  /** What has begun ends at once, and completely; nothing new begins. */
  async end(): Promise<void> {
    this.#pace.hurry();
    await this.#playing;
  }

  /** The agents were not told to stop: all of the script should have been asked for. */
  get hasPlayedOut(): boolean {
    return this.#hasPlayedOut;
  }

  /** An agent that fails has asked for less than the script holds, and that is what is told. */
  async #play(url: string): Promise<void> {
    await playSessions(url, this.#pace).catch(() => undefined);
    this.#hasPlayedOut = !this.#pace.isHurrying;
  }

  recorded(): Stats | null {
    return this.#server?.runtime.live().total ?? null;
  }
}

async function openPage(url: string, context: Context): Promise<void> {
  if (await openBrowser(url, context)) return;
  context.print.note(`no browser could be started; the page is ${url}`);
}

function durationOf({ option }: Invocation): number | null {
  const given = option('for');
  return typeof given === 'number' ? given : null;
}

/** The same call with the demo's configuration: nothing of the caller's own is read or written. */
function ownInvocation(invocation: Invocation, folder: string, providerUrl: string): Invocation {
  const kept = Object.entries(invocation.context.env).filter(([name]) => !FOREIGN.test(name));
  const env: Environment = { ...Object.fromEntries(kept), LUNAROUTE_HOME: folder };
  const settings = {
    port: '0',
    'ui.port': '0',
    'providers.anthropic.base_url': providerUrl,
    'providers.openai.base_url': providerUrl,
    'providers.chatgpt.base_url': providerUrl,
    'logging.log_requests': true,
  };
  const flags = Object.entries(settings).map(
    ([key, value]): FlagValue => ({ flag: 'demo', path: key.split('.'), value }),
  );
  return {
    ...invocation,
    context: { ...invocation.context, env },
    configFlags: { configFlag: null, flags, words: [] },
  };
}

/** Folders of demos whose process is no more; others' folders cannot be removed and are left. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-\\w+$`).exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // It is another person's.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
