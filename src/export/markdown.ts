/**
 * Markdown for a pull request or an issue: prompts and answers open, what tools did folded. Foreign
 * text stands in fences that it cannot end, so it is no markup, names nobody and links nowhere.
 */
import type { Message, Part } from '../core/conversation.ts';
import { formatBytes } from '../core/format.ts';
import type { ExchangeDetail } from '../core/ports.ts';
import { byteLength } from '../core/text.ts';
import { exchangeFacts, sessionFacts, titleOf } from './facts.ts';
import { NewMessages } from './new-messages.ts';
import type { ExportGroup } from './source.ts';
import { laidOut, visible } from './text.ts';

export function* markdownChunks(groups: Iterable<ExportGroup>): Generator<string, void> {
  let isFirst = true;
  for (const group of groups) {
    if (!isFirst) yield '\n---\n\n';
    isFirst = false;
    yield* groupMarkdown(group);
  }
}

function* groupMarkdown(group: ExportGroup): Generator<string, void> {
  const { session, exchanges, isPart } = group;
  yield `# ${inline(titleOf(group))}\n\n`;
  if (session !== null) {
    const rows = isPart ? sessionFacts(session).slice(0, 4) : sessionFacts(session);
    yield `| | |\n| --- | --- |\n${rows.map(([name, value]) => `| ${name} | ${inline(value)} |\n`).join('')}\n`;
  }
  const fresh = new NewMessages();
  for (const exchange of exchanges) {
    const messages = fresh.of(exchange);
    // A client's helper calls (titles, token counts) only repeat the conversation.
    if (exchange.auxiliary === null || isPart) yield exchangeMarkdown(exchange, messages);
  }
}

function exchangeMarkdown(exchange: ExchangeDetail, messages: readonly Message[]): string {
  const answer: Message = { role: 'assistant', parts: exchange.answer };
  const said = [...messages, answer].map(messageMarkdown).join('');
  return `## ${exchangeFacts(exchange).map(inline).join(' · ')}\n\n${said}`;
}

function messageMarkdown({ role, parts }: Message): string {
  if (role === 'system' || role === 'developer') {
    return folded(`${role} prompt`, parts.map(textOf).join('\n\n'));
  }
  return parts.map((part) => partMarkdown(role, part)).join('');
}

function partMarkdown(role: Message['role'], part: Part): string {
  switch (part.type) {
    case 'text':
      return `**${role === 'assistant' ? 'Answer' : 'Prompt'}**\n\n${fenced(part.text, 'markdown')}`;
    case 'thinking':
      return folded('thinking', part.text);
    case 'tool-call':
      return folded(`tool call ${inline(part.name)}`, laidOut(part.arguments));
    case 'tool-result':
      return folded(part.isError === true ? '<b>failed</b> tool result' : 'tool result', part.text);
    case 'media':
      return `${inline(`[${part.label}]`)}\n\n`;
  }
}

function textOf(part: Part): string {
  return 'text' in part ? part.text : '';
}

/** @param label is HTML. */
function folded(label: string, text: string): string {
  const size = formatBytes(byteLength(text));
  return `<details><summary>${label} (${size})</summary>\n\n${fenced(text, 'text')}</details>\n\n`;
}

function fenced(text: string, language: string): string {
  const runs = text.match(/`{3,}/g) ?? [];
  const fence = '`'.repeat(Math.max(2, ...runs.map((run) => run.length)) + 1);
  return `${fence}${language}\n${visible(text)}\n${fence}\n\n`;
}

/** One line of plain text, in Markdown as in HTML: no markup, no link, and nobody is named. */
function inline(text: string): string {
  const line = visible(text).replace(/\s+/g, ' ').trim();
  return line.replace(/[\\`*_[\]#|~@$&<>]|:(?=\/\/)|(?<=www)\./gi, (char) => {
    // GitHub looks for names and numbers in the text that is left when markup is gone.
    return '@#'.includes(char) ? `${char}<!-- -->` : `&#${char.charCodeAt(0)};`;
  });
}
