/**
 * The only place that writes to stdout and stderr. Decides colours (NO_COLOR, FORCE_COLOR,
 * --no-color, no terminal), knows the terminal's width, and turns a closed pipe into a quiet end.
 * It does not neutralise foreign text: whoever puts some into a line does, with safeText().
 */
import { pathToFileURL } from 'node:url';
import { Chalk, type ChalkInstance } from 'chalk';
import { createSupportsHyperlinks } from 'supports-hyperlinks';
import { safeLine } from '../core/text.ts';

/** What of process.stdout and process.stderr is used. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(data: string | Uint8Array, done?: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  /** A match in found text: visible without colours, too. */
  readonly mark: (text: string) => string;
  /** A text that leads to a URL when it is clicked; in terminals without links only the text. */
  readonly link: (text: string, url: string) => string;
}

export interface Printer {
  /** Text and a line break to stdout. */
  readonly line: (text?: string) => void;
  /** One JSON document to stdout, safe to show on a terminal. */
  readonly json: (value: unknown) => void;
  /** To stdout as it is, no faster than it is taken. */
  readonly stream: (chunks: Iterable<string | Uint8Array>) => Promise<void>;
  /** Text and a line break to stderr. */
  readonly note: (text: string) => void;
  /** Raw text, for help and messages that commander lays out itself. */
  readonly raw: (text: string, to: 'out' | 'err') => void;
  readonly isTerminal: boolean;
  /** Whether stderr is a terminal: progress can be drawn there. */
  readonly isNoteTerminal: boolean;
  /** Columns of the terminal; Infinity when stdout is none. */
  readonly columns: number;
  /** Rows of the terminal; Infinity when stdout is none. */
  readonly rows: number;
  /** Whether stdout shows colours. */
  readonly hasColour: boolean;
  readonly style: Style;
  readonly noteStyle: Style;
  /** From now on a closed pipe only ends the output, not the program: for the server. */
  readonly surviveClosedPipe: () => void;
}

export interface PrinterOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--no-color` was given. */
  readonly noColor: boolean;
  /** The reader has gone (`| head`): nothing more can be said. */
  readonly onClosedPipe: () => void;
}

export function makePrinter(options: PrinterOptions): Printer {
  const { stdout, stderr } = options;
  let survives = false;
  for (const stream of [stdout, stderr]) {
    // Without a listener a closed pipe would end the program with a stack trace.
    stream.on('error', () => {
      if (!survives) options.onClosedPipe();
    });
  }
  return {
    line: (text = '') => void stdout.write(`${text}\n`),
    json: (value) => void stdout.write(`${safeJson(value)}\n`),
    stream: async (chunks) => {
      for (const chunk of chunks) {
        await new Promise<void>((resolve) => void stdout.write(chunk, () => resolve()));
      }
    },
    note: (text) => void stderr.write(`${text}\n`),
    raw: (text, to) => void (to === 'out' ? stdout : stderr).write(text),
    isTerminal: stdout.isTTY === true,
    isNoteTerminal: stderr.isTTY === true,
    columns: stdout.isTTY ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    rows: stdout.isTTY ? (stdout.rows ?? 24) : Number.POSITIVE_INFINITY,
    hasColour: hasColour(stdout, options),
    style: makeStyle(hasColour(stdout, options), hasLinks(stdout, options)),
    noteStyle: makeStyle(hasColour(stderr, options), hasLinks(stderr, options)),
    surviveClosedPipe: () => {
      survives = true;
    },
  };
}

function hasColour(stream: OutputStream, { env, noColor }: PrinterOptions): boolean {
  if (noColor || env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Links are told apart by their look, so where there are no colours there are none. */
function hasLinks(stream: OutputStream, options: PrinterOptions): boolean {
  if (!hasColour(stream, options)) return false;
  return createSupportsHyperlinks({ isTTY: stream.isTTY === true });
}

/** No sign in it ends the sequence that it stands in. */
const PLAIN_URL = /^(?:https?|file):[!-~]+$/;

function makeStyle(isColoured: boolean, isLinked: boolean): Style {
  const chalk: ChalkInstance = new Chalk({ level: isColoured ? 1 : 0 });
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    warn: (text) => chalk.yellow(text),
    bad: (text) => chalk.red(text),
    mark: (text) => (isColoured ? chalk.inverse(text) : `«${text}»`),
    link: (text, url) =>
      isLinked && PLAIN_URL.test(url) ? `\u001b]8;;${url}\u0007${text}\u001b]8;;\u0007` : text,
  };
}

/** A file or folder, as text that leads to it. */
export function fileLink(path: string, { link }: Style): string {
  return link(safeLine(path), pathToFileURL(path).href);
}

/** JSON itself leaves DEL, C1 controls and bidi overrides as they are; a terminal obeys them. */
const TERMINAL_CONTROL = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function safeJson(value: unknown): string {
  const json = JSON.stringify(value, null, 2) ?? 'null';
  return json.replace(
    TERMINAL_CONTROL,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
