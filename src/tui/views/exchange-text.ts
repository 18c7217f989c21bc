/**
 * An exchange as lines of text: its conversation with roles, thinking and long instructions folded, tool
 * calls beside their results; and the other tabs. Text is wrapped, never cut; what is too long for a screen is counted and
 * the export has it. Pure.
 */
import type { Message, Part } from '../../core/conversation.ts';
import { formatBytes, formatCount } from '../../core/format.ts';
import type { LivePart } from '../../core/live-state.ts';
import type { ExchangeDetail, ToolCallView } from '../../core/ports.ts';
import { safeLine } from '../../core/text.ts';
import { wrapText } from '../text/wrap.ts';
import type { Style } from '../theme.ts';
import { short } from './exchange-columns.ts';

export interface DocLine {
  readonly text: string;
  readonly style: Style | null;
}

export interface DocOptions {
  readonly width: number;
  readonly isUnfolded: boolean;
}

/** Characters of one part on the screen: a person who needs more opens the export or the pager. */
const MAX_PART = 200_000;
/** Characters of an instruction that are shown while it is folded. */
const MAX_INSTRUCTION = 300;
const INDENT = '  ';

export function line(text: string, style: Style | null = null): DocLine {
  return { text, style };
}

export function conversationDoc(
  detail: Pick<ExchangeDetail, 'messages' | 'answer' | 'toolCalls'>,
  options: DocOptions,
): DocLine[] {
  const names = callNames(detail);
  return [
    ...detail.messages.flatMap((message) => messageDoc(message, names, options)),
    ...(detail.answer.length === 0 ? [] : [roleLine('answer')]),
    ...detail.answer.flatMap((part) => partDoc(part, names, options)),
    ...detail.toolCalls.flatMap((call) => tookDoc(call, options)),
  ];
}

function tookDoc(call: ToolCallView, { width }: DocOptions): DocLine[] {
  if (call.durationMs === null) return [];
  const failed = call.isError === true ? ', failed' : '';
  return textDoc(`${call.name} took ${short(call.durationMs)}${failed}`, width, 'dim');
}

/** The answer of a running exchange, as far as it has come. */
export function liveDoc(answer: readonly LivePart[], options: DocOptions): DocLine[] {
  const parts = answer.flatMap(({ kind, text }) => {
    if (kind === 'thinking' && !options.isUnfolded) return [foldedLine(text)];
    const style: Style | null = kind === 'text' ? null : kind === 'thinking' ? 'dim' : 'accent';
    const head = kind === 'tool-call' ? [line(`${INDENT}tool call, arriving:`, 'accent')] : [];
    return [...head, ...textDoc(text, options.width, style)];
  });
  return [roleLine('answer, arriving'), ...parts, line(`${INDENT}_`, 'accent')];
}

/** Which call each result answers: results carry only ids. */
function callNames({
  messages,
  answer,
}: Pick<ExchangeDetail, 'messages' | 'answer'>): Map<string, string> {
  const names = new Map<string, string>();
  for (const part of [...messages.flatMap(({ parts }) => parts), ...answer]) {
    if (part.type === 'tool-call') names.set(part.id, part.name);
  }
  return names;
}

function messageDoc(
  message: Message,
  names: ReadonlyMap<string, string>,
  options: DocOptions,
): DocLine[] {
  return [
    roleLine(message.role),
    ...message.parts.flatMap((part) =>
      isLongInstruction(message, part) && !options.isUnfolded
        ? instructionDoc(part.text, options)
        : partDoc(part, names, options),
    ),
  ];
}

function isLongInstruction({ role }: Message, part: Part): part is Extract<Part, { type: 'text' }> {
  const isInstruction = role === 'system' || role === 'developer';
  return isInstruction && part.type === 'text' && part.text.length > MAX_INSTRUCTION;
}

/** Clients send the same pages of instructions with each request: their beginning says whose they are. */
function instructionDoc(text: string, { width }: DocOptions): DocLine[] {
  const left = formatCount(text.length - MAX_INSTRUCTION);
  const rest = line(`${INDENT}… ${left} characters more: t unfolds`, 'dim');
  return [...textDoc(text.slice(0, MAX_INSTRUCTION), width, null), rest];
}

function roleLine(role: string): DocLine {
  return line(`-- ${role} ${'-'.repeat(20)}`, 'title');
}

function partDoc(part: Part, names: ReadonlyMap<string, string>, options: DocOptions): DocLine[] {
  const { width } = options;
  switch (part.type) {
    case 'text':
      return textDoc(part.text, width, null);
    case 'thinking':
      return options.isUnfolded ? textDoc(part.text, width, 'dim') : [foldedLine(part.text)];
    case 'tool-call':
      return [
        ...textDoc(`> ${part.name}`, width, 'accent'),
        ...textDoc(pretty(part.arguments), width, null, '    '),
      ];
    case 'tool-result':
      return [
        ...textDoc(`< ${resultHead(part, names)}`, width, part.isError === true ? 'bad' : 'accent'),
        ...textDoc(part.text, width, null, '    '),
      ];
    case 'media':
      return [line(`${INDENT}[${safeLine(part.label)}]`, 'dim')];
  }
}

function resultHead(
  part: Extract<Part, { type: 'tool-result' }>,
  names: ReadonlyMap<string, string>,
): string {
  const name = safeLine(names.get(part.id) ?? part.id);
  const outcome = part.isError === null ? '' : part.isError ? ', failed' : ', ok';
  return `result of ${name}${outcome}, ${formatBytes(Buffer.byteLength(part.text))}`;
}

function foldedLine(text: string): DocLine {
  return line(`${INDENT}(thinking, ${formatCount(text.length)} characters: t unfolds)`, 'dim');
}

export function textDoc(
  text: string,
  width: number,
  style: Style | null,
  indent = INDENT,
): DocLine[] {
  const shown = text.length > MAX_PART ? text.slice(0, MAX_PART) : text;
  const lines = wrapText(shown, width - indent.length - 1).map((row) => line(indent + row, style));
  const left = text.length - shown.length;
  if (left > 0)
    lines.push(line(`${indent}… ${formatCount(left)} characters more: e exports all`, 'warn'));
  return lines;
}

/** JSON laid out; any other text as it is. */
export function pretty(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}

/** What the request says that the session's previous one did not, and the other way round. */
export function diffDoc(
  before: ExchangeDetail,
  now: ExchangeDetail,
  options: DocOptions,
): DocLine[] {
  const keys = (messages: readonly Message[]): string[] =>
    messages.map((message) => JSON.stringify(message));
  const [old, fresh] = [keys(before.messages), keys(now.messages)];
  let same = 0;
  while (same < old.length && same < fresh.length && old[same] === fresh[same]) same += 1;
  const removed = before.messages.slice(same);
  const added = now.messages.slice(same);
  const names = callNames(now);
  const fact = (name: string, a: string | null, b: string | null): DocLine[] =>
    a === b
      ? []
      : [line(`${INDENT}${name}: ${safeLine(a ?? 'none')} -> ${safeLine(b ?? 'none')}`, 'warn')];
  return [
    line(`-- changed from the session's previous request ${'-'.repeat(10)}`, 'title'),
    line(`${INDENT}${same} messages as before, ${removed.length} gone, ${added.length} new`),
    ...fact('model', before.model, now.model),
    ...fact('path', before.target, now.target),
    ...fact('request', formatBytes(before.requestBody.bytes), formatBytes(now.requestBody.bytes)),
    ...removed.flatMap((message) =>
      signed('-', 'bad', messageDoc(message, callNames(before), options)),
    ),
    ...added.flatMap((message) => signed('+', 'good', messageDoc(message, names, options))),
  ];
}

function signed(sign: string, style: Style, lines: readonly DocLine[]): DocLine[] {
  return lines.map(({ text }) => line(`${sign}${text}`, style));
}
