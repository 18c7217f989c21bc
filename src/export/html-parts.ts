/** Messages as HTML. What is long or rarely read is folded; <details> needs no script. */
import type { Message, Part } from '../core/conversation.ts';
import { formatBytes, formatCount } from '../core/format.ts';
import { byteLength } from '../core/text.ts';
import { escapeHtml, laidOut } from './text.ts';

/** Longer texts of tools are folded. */
const MAX_OPEN_LINES = 25;
const MAX_OPEN_CHARACTERS = 3_000;

export function messageHtml({ role, parts }: Message): string {
  const content = parts.map(partHtml).join('');
  const isInstruction = role === 'system' || role === 'developer';
  const folded = isInstruction ? fold('instructions', sizeOf(parts), content) : content;
  return `<div class="message ${role}"><h3>${role}</h3>${folded}</div>\n`;
}

export function partHtml(part: Part): string {
  switch (part.type) {
    case 'text':
      return `<pre class="text">${escapeHtml(part.text)}</pre>`;
    case 'thinking':
      return fold('thinking', `${formatCount(part.text.length)} characters`, pre(part.text));
    case 'tool-call':
      return longHtml(`tool call <code>${escapeHtml(part.name)}</code>`, laidOut(part.arguments));
    case 'tool-result':
      return longHtml(resultHead(part), part.text);
    case 'media':
      return `<p class="media">[${escapeHtml(part.label)}]</p>`;
  }
}

function resultHead({ isError }: Extract<Part, { type: 'tool-result' }>): string {
  return isError === true ? '<strong class="bad">failed tool result</strong>' : 'tool result';
}

/** @param label is HTML. */
function longHtml(label: string, text: string): string {
  const isShort = text.length <= MAX_OPEN_CHARACTERS && text.split('\n').length <= MAX_OPEN_LINES;
  return fold(label, formatBytes(byteLength(text)), pre(text), isShort);
}

function pre(text: string): string {
  return `<pre>${escapeHtml(text)}</pre>`;
}

/** @param label and content are HTML. */
function fold(label: string, size: string, content: string, isOpen = false): string {
  return `<details${isOpen ? ' open' : ''}><summary>${label} <small>${size}</small></summary>${content}</details>`;
}

function sizeOf(parts: readonly Part[]): string {
  const bytes = parts.reduce((sum, part) => sum + ('text' in part ? byteLength(part.text) : 0), 0);
  return formatBytes(bytes);
}
