// Loaded into every thread of the built program (NODE_OPTIONS=--import): what a test cannot have of the
// machine. PRETENCE_NAMES: a JSON file of addresses by name, which is asked for all names under .test.
// PRETENCE_CLOCK: a folder; in the proxy's thread timers of 0.1 s and more wait for the file `until` there
// (milliseconds since the start) and nothing else; the file `now` says how far they have come.
// PRETENCE_HEAD_MS: how long node:http waits for a request's head.
import dns from 'node:dns';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';

const { PRETENCE_NAMES = '', PRETENCE_CLOCK = '', PRETENCE_HEAD_MS = '' } = process.env;
const isProxy = 'providers' in { ...(workerData as { options?: object } | null)?.options };
const POLL_MS = 5;
const STEP_MS = 100;
const STEPS_A_POLL = 100;

const system = dns.lookup as Lookup;
const { setTimeout: realTimeout, setInterval: realInterval, clearTimeout: realClear } = globalThis;
const waiting = new Set<Waiting>();
let now = 0;

if (PRETENCE_NAMES !== '') Object.assign(dns, { lookup });
if (PRETENCE_HEAD_MS !== '') waitForHeads(Number(PRETENCE_HEAD_MS));
if (PRETENCE_CLOCK !== '' && isProxy) pretendTime();
syncBuiltinESMExports();

type Run = (...rest: unknown[]) => void;
type Lookup = (name: string, options: { all?: boolean }, found: Found) => void;
type Found = (error: Error | null, address?: unknown, family?: number) => void;

/** An address, none (there is no such name), or 'silent': a resolver that never answers. */
function lookup(name: string, options: { all?: boolean }, found: Found): void {
  if (!name.endsWith('.test')) {
    system(name, options, found);
    return;
  }
  const known = JSON.parse(readFileSync(PRETENCE_NAMES, 'utf8')) as Record<string, string>;
  const address = known[name];
  if (address === 'silent') return;
  setImmediate(() => {
    if (address === undefined) {
      found(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
    } else if (options.all) found(null, [{ address, family: 4 }]);
    else found(null, address, 4);
  });
}

function waitForHeads(headersTimeout: number): void {
  const { createServer } = http;
  const often = { headersTimeout, connectionsCheckingInterval: headersTimeout / 2 };
  Object.assign(http, {
    createServer: (options: http.ServerOptions) => createServer({ ...options, ...often }),
  });
}

/** As much of a Timeout as undici and LunaRoute use. */
class Waiting {
  readonly #run: () => void;
  readonly #ms: number;
  readonly #isRepeated: boolean;
  #due = 0;

  constructor(run: () => void, ms: number, isRepeated: boolean) {
    this.#run = run;
    this.#ms = ms;
    this.#isRepeated = isRepeated;
    this.refresh();
  }

  refresh(): this {
    this.#due = now + this.#ms;
    waiting.add(this);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  fireIfDue(): void {
    if (this.#due > now) return;
    waiting.delete(this);
    if (this.#isRepeated) this.refresh();
    this.#run();
  }
}

function pretendTime(): void {
  const isLong = (ms: number): boolean => ms >= STEP_MS;
  const clear = (timer: Waiting | NodeJS.Timeout | undefined): void => {
    if (timer instanceof Waiting) waiting.delete(timer);
    else realClear(timer);
  };
  Object.assign(globalThis, {
    setTimeout: (run: Run, ms = 0, ...rest: unknown[]) =>
      isLong(ms) ? new Waiting(() => run(...rest), ms, false) : realTimeout(run, ms, ...rest),
    setInterval: (run: Run, ms = 0, ...rest: unknown[]) =>
      isLong(ms) ? new Waiting(() => run(...rest), ms, true) : realInterval(run, ms, ...rest),
    clearTimeout: clear,
    clearInterval: clear,
  });
  realInterval(advance, POLL_MS).unref();
}

/** What has been asked for, little by little: sockets have their turn in between. */
function advance(): void {
  const file = join(PRETENCE_CLOCK, 'until');
  const end = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (now >= end) return;
  for (let step = 0; step < STEPS_A_POLL && now < end; step += 1) {
    now += STEP_MS;
    for (const timer of [...waiting]) timer.fireIfDue();
  }
  writeFileSync(join(PRETENCE_CLOCK, 'now.draft'), String(now));
  renameSync(join(PRETENCE_CLOCK, 'now.draft'), join(PRETENCE_CLOCK, 'now'));
}
