/**
 * One line of what the human asked and of what came back, for lists. Agents put their own blocks
 * (reminders, environment, AGENTS.md) into user messages, before or beside the human's words; those
 * are skipped. Foreign text: neutralise it before it reaches a terminal or a page.
 */
import type { Part, RequestView } from '../core/conversation.ts';
import { truncate } from '../core/text.ts';

const MAX_CHARS = 200;
/** Enough for 200 characters after white space is folded, without folding a megabyte. */
const MAX_SOURCE_CHARS = 4_000;

/** Tags of blocks that clients insert; seen in Claude Code 2.1 and Codex 0.169. */
const INSERTED =
  /^<(system-reminder|environment_context|user_instructions|INSTRUCTIONS|permissions instructions|collaboration_mode|skills_instructions|skill|turn_aborted|ide_opened_file|ide_selection|local-command-caveat|local-command-stdout|local-command-stderr|bash-stdout|bash-stderr|task-notification|command-message)\b/;
/** Codex inserts AGENTS.md under this heading. */
const INSERTED_HEADING = '# AGENTS.md instructions';
/** Claude Code wraps a slash command and its arguments. */
const COMMAND =
  /^<command-name>([^<]*)<\/command-name>\s*(?:<command-message>[^<]*<\/command-message>\s*)?(?:<command-args>([^<]*)<\/command-args>)?/;

/** The human's latest prompt, at most 200 characters; null when the request holds none. */
export function promptPreview(view: RequestView): string | null {
  for (const message of view.messages.toReversed()) {
    if (message.role !== 'user') continue;
    for (const part of message.parts.toReversed()) {
      const words = part.type === 'text' ? humanWords(part.text) : '';
      if (words !== '') return oneLine(words);
    }
  }
  return null;
}

/** First words of an answer: its text, else the tools it called, else its thinking. */
export function answerPreview(parts: readonly Part[]): string | null {
  const text = parts.find((part) => part.type === 'text');
  if (text !== undefined) return oneLine(text.text);
  const calls = parts.filter((part) => part.type === 'tool-call');
  if (calls.length > 0) {
    return oneLine(
      calls.map((call) => `${call.name} ${call.arguments.slice(0, MAX_CHARS)}`).join(', '),
    );
  }
  const thinking = parts.find((part) => part.type === 'thinking');
  return thinking === undefined ? null : oneLine(thinking.text);
}

/** `text` without inserted blocks at its start and a reminder at its end; '' when nothing is left. */
function humanWords(text: string): string {
  let rest = text.trimStart();
  for (let tag = INSERTED.exec(rest)?.[1]; tag !== undefined; tag = INSERTED.exec(rest)?.[1]) {
    const close = `</${tag}>`;
    const end = rest.indexOf(close);
    if (end < 0) return '';
    rest = rest.slice(end + close.length).trimStart();
  }
  if (rest.startsWith(INSERTED_HEADING)) return '';
  const command = COMMAND.exec(rest);
  if (command !== null) return `${command[1] ?? ''} ${command[2] ?? ''}`.trim();
  return (rest.split('<system-reminder>', 1)[0] ?? '').trim();
}

function oneLine(text: string): string | null {
  const line = text.trimStart().slice(0, MAX_SOURCE_CHARS).replace(/\s+/g, ' ').trim();
  return line === '' ? null : truncate(line, MAX_CHARS);
}
