/**
 * `lunaroute run -- <command>`: one run of a client through LunaRoute. Makes sure a server runs, sets
 * the environment (for Codex, which reads none, the option), and is the client's exit code.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { clientVariables, codexBaseUrl, type Served, serverFor } from '../background/served.ts';
import type { Context, Invocation, StopSignal } from '../context.ts';

const SIGNAL_BASE = 128;

export async function runRun(invocation: Invocation): Promise<number> {
  const { context, args, isJson } = invocation;
  if (isJson) throw new UserError('run prints no data, so --json means nothing', { exitCode: 2 });
  const { served } = await serverFor(invocation);
  const [command = '', ...words] = args;
  return await runClient(context, {
    command,
    words: [...clientOptions(command, served), ...words],
    env: { ...context.env, ...clientVariables(served, context.env) },
  });
}

/** What a client needs besides the environment. */
function clientOptions(command: string, served: Served): string[] {
  const isCodex = /^codex(\.(exe|cmd|ps1))?$/i.test(basename(command));
  const url = codexBaseUrl(served);
  return isCodex && url !== null ? ['-c', `openai_base_url=${url}`] : [];
}

interface Run {
  readonly command: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

function runClient(context: Context, { command, words, env }: Run): Promise<number> {
  const child = spawn(command, words, { stdio: 'inherit', env: { ...env } });
  // A terminal sends its signal to the client too: it decides what happens, and this waits for it.
  const isForwarded = (signal: StopSignal): boolean =>
    !context.isInteractive || signal !== 'SIGINT';
  context.onStopSignal((signal) => {
    if (isForwarded(signal)) child.kill(signal);
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(startProblem(command, error)));
    child.once('exit', (code, signal) => {
      resolve(code ?? SIGNAL_BASE + (signal === null ? 1 : constants.signals[signal]));
    });
  });
}

function startProblem(command: string, error: Error): UserError {
  const isMissing = 'code' in error && error.code === 'ENOENT';
  return new UserError(`cannot run ${command}: ${isMissing ? 'no such command' : error.message}`, {
    hint: 'check that it is installed and in PATH',
    cause: error,
  });
}
