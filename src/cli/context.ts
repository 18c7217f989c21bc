/**
 * What a command gets from its surroundings. main.ts makes the one real instance; nothing below it
 * reads the environment, the home folder, signals or streams by itself.
 */
import type { FlagValue } from '../config/layers.ts';
import type { Environment } from '../config/paths.ts';
import type { ScreenInput, ScreenOutput } from '../tui/mount.tsx';
import type { CommandShape } from './command-shape.ts';
import type { Printer } from './print.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** A terminal that a screen can be drawn on. */
export interface TerminalStreams {
  readonly stdin: ScreenInput;
  readonly stdout: ScreenOutput;
}

export interface Context {
  readonly env: Environment;
  readonly homeDir: string;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  /** The Node that runs this program and the script it was started with: `env` starts them again. */
  readonly execPath: string;
  readonly script: string;
  readonly print: Printer;
  /** null when stdin or stdout is none, or one that can do too little. */
  readonly terminal: TerminalStreams | null;
  readonly now: () => number;
  /** A person sits at stdin. */
  readonly isInteractive: boolean;
  /** Asks that person for a line; '' when none comes. */
  readonly ask: (question: string) => Promise<string>;
  /** Calls the listener for every signal that asks to stop. */
  readonly onStopSignal: (listener: (signal: StopSignal) => void) => void;
  /** Errors that nothing caught go to the listener instead of ending the process. */
  readonly onUncaught: (listener: (error: unknown) => void) => void;
  /** The last moment of the process, however it ends; only what is synchronous still happens. */
  readonly onExit: (listener: () => void) => void;
}

/** The flags of a command line that set configuration. */
export interface ConfigFlags {
  readonly configFlag: string | null;
  readonly flags: readonly FlagValue[];
  /** The same flags as words, to start a server with them. */
  readonly words: readonly string[];
}

/** One call of one command. */
export interface Invocation {
  readonly context: Context;
  readonly args: readonly string[];
  /** The value of an own option of the command, as its parser made it. */
  readonly option: (name: string) => unknown;
  readonly isJson: boolean;
  /** `--headless` was given. */
  readonly isHeadless: boolean;
  readonly configFlags: ConfigFlags;
  /** The whole command line, for what is made of it. */
  readonly commands: () => CommandShape;
}

/** Returns the exit code. */
export type CommandRun = (invocation: Invocation) => number | Promise<number>;
