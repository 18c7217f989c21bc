/**
 * Redacts a recorded stream: Server-Sent Events, or the messages of a WebSocket. A value that was
 * split over many events is found in the joined text; each event keeps its place and its other bytes,
 * and only the pieces of the value change.
 */
import { addRedactions, NO_REDACTIONS, type Redactions } from '../core/redactions.ts';
import { channelOf } from './channels.ts';
import type { Finding } from './finding.ts';
import { jsonLeaves, type Leaf } from './json-leaves.ts';
import type { RedactedText, Redactor } from './redactor.ts';

/** One event's JSON, and the new texts of the values in it. */
interface Message {
  readonly json: string;
  readonly changes: Map<Leaf, string>;
}

interface Piece {
  readonly message: Message;
  readonly leaf: Leaf;
}

/** The JSON texts with the values in them replaced; a text that is no JSON is redacted as it is. */
function redactMessages(
  texts: readonly string[],
  redactor: Redactor,
): { texts: string[]; redactions: Redactions } {
  const channels = new Map<string, Piece[]>();
  let redactions = NO_REDACTIONS;
  const count = ({ text, redactions: more }: RedactedText): string => {
    redactions = addRedactions(redactions, more);
    return text;
  };
  const messages = texts.map((json): Message | string => {
    const event = parse(json);
    if (typeof event !== 'object' || event === null) return count(redactor.redact(json));
    const message: Message = { json, changes: new Map() };
    for (const leaf of jsonLeaves(json)) {
      const channel = channelOf(event, leaf);
      if (channel === null)
        change(message, leaf, count(redactor.redactValue(leaf.value, keyOf(leaf))));
      else append(channels, channel, { message, leaf });
    }
    return message;
  });
  for (const pieces of channels.values()) {
    redactions = addRedactions(redactions, redactPieces(pieces, redactor));
  }
  return {
    texts: messages.map((message) => (typeof message === 'string' ? message : textOf(message))),
    redactions,
  };
}

/** A whole SSE body; the same string when nothing was found. */
export function redactEventStream(stream: string, redactor: Redactor): RedactedText {
  // Blank lines between events stay as they are, at the odd places.
  const blocks = stream.split(/(\r\n\r?\n|\n\r?\n|\r\r)/).map(blockOf);
  const { texts, redactions } = redactMessages(
    blocks.map(({ data }) => data),
    redactor,
  );
  if (Object.keys(redactions).length === 0) return { text: stream, redactions };
  const text = blocks.map((block, index) => withData(block, texts[index] ?? '')).join('');
  return { text, redactions };
}

/** Messages of a WebSocket, one a line. */
export function redactLines(lines: string, redactor: Redactor): RedactedText {
  const { texts, redactions } = redactMessages(lines.split('\n'), redactor);
  return { text: texts.join('\n'), redactions };
}

interface Block {
  readonly raw: string;
  readonly data: string;
  readonly isData: boolean;
}

const DATA_LINE = /^data:[ ]?/;

function blockOf(raw: string): Block {
  const lines = raw.split(/\r\n|\n|\r/).filter((line) => DATA_LINE.test(line));
  if (lines.length === 0) return { raw, data: raw, isData: false };
  return { raw, data: lines.map((line) => line.replace(DATA_LINE, '')).join('\n'), isData: true };
}

function withData(block: Block, data: string): string {
  if (data === block.data) return block.raw;
  if (!block.isData) return data;
  const others = block.raw.split(/\r\n|\n|\r/).filter((line) => !DATA_LINE.test(line));
  return [...others, ...data.split('\n').map((line) => `data: ${line}`)].join('\n');
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function keyOf({ path }: Leaf): string {
  return String(path.findLast((step) => typeof step === 'string') ?? '');
}

function append(channels: Map<string, Piece[]>, channel: string, piece: Piece): void {
  const pieces = channels.get(channel);
  if (pieces === undefined) channels.set(channel, [piece]);
  else pieces.push(piece);
}

function change(message: Message, leaf: Leaf, text: string): void {
  if (text !== leaf.value) message.changes.set(leaf, text);
}

/** Finds in the joined text; the replacement goes to where a value begins. */
function redactPieces(pieces: readonly Piece[], redactor: Redactor): Redactions {
  const joined = pieces.map(({ leaf }) => leaf.value).join('');
  const findings = redactor.find(joined);
  if (findings.length === 0) return NO_REDACTIONS;
  let start = 0;
  let first = 0;
  for (const { message, leaf } of pieces) {
    const range = { start, end: start + leaf.value.length };
    while ((findings[first]?.end ?? Infinity) <= range.start) first += 1;
    const text = cutOut(joined, range, findingsIn(findings, first, range), redactor);
    change(message, leaf, text);
    start = range.end;
  }
  return redactor.replace(joined, findings).redactions;
}

function findingsIn(
  findings: readonly Finding[],
  first: number,
  { end }: { end: number },
): readonly Finding[] {
  let last = first;
  while ((findings[last]?.start ?? Infinity) < end) last += 1;
  return findings.slice(first, last);
}

function cutOut(
  joined: string,
  range: { readonly start: number; readonly end: number },
  findings: readonly Finding[],
  redactor: Redactor,
): string {
  let text = '';
  let at = range.start;
  for (const finding of findings) {
    if (finding.start >= range.start) {
      text += joined.slice(at, finding.start) + redactor.replacement(joined, finding);
    }
    at = Math.min(finding.end, range.end);
  }
  return text + joined.slice(at, range.end);
}

function textOf({ json, changes }: Message): string {
  let text = '';
  let at = 0;
  for (const [{ start, end }, value] of [...changes].sort(([a], [b]) => a.start - b.start)) {
    text += json.slice(at, start) + JSON.stringify(value);
    at = end;
  }
  return text + json.slice(at);
}
