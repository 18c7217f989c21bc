/**
 * Claude Code's transcripts (`~/.claude/projects/<folder>/<session>.jsonl`, seen in 2.1.330): one line
 * a message or a piece of one, each naming its parent. An answer is written a block a line, all with
 * its message id and the usage of the whole; results of its tools may stand in between. Resumed and
 * forked sessions repeat lines; going back in a conversation makes a tree.
 */
import { asArray, asObject, asText, type Json, parseLine, timeOf } from '../json.ts';
import { BadLine, type ImportedTurn, type TranscriptReader } from '../turn.ts';
import { Answer } from './answer.ts';
import { Inputs } from './inputs.ts';

/** Of what the client notes for itself, by far the longest: not worth reading. */
export const CLAUDE_NOTES =
  /^\{"type":"(?:api-request|file-history|queue-operation|atis-|last-prompt|cost-state)/;
/** What stands for an answer that never came. */
const SYNTHETIC = '<synthetic>';
/** Answers that may still get another block: further down a new one has long begun. */
const MAX_OPEN = 8;

export class ClaudeTranscript implements TranscriptReader {
  readonly #inputs = new Inputs();
  /** By message id, in the order they began. */
  readonly #open = new Map<string, Answer>();

  line(text: string): readonly ImportedTurn[] {
    const line = parseLine(text);
    const uuid = asText(line['uuid']);
    // Notes of other kinds have no place in the conversation.
    if (uuid === null || this.#inputs.has(uuid)) return [];
    const message = asObject(line['message']);
    if (line['type'] === 'assistant' && message !== null) this.#answered(uuid, line, message);
    else this.#said(uuid, line);
    return this.#whole(MAX_OPEN);
  }

  /** The last answer may still get a block. */
  end(isSettled: boolean): readonly ImportedTurn[] {
    return this.#whole(isSettled ? 0 : 1);
  }

  #whole(maxOpen: number): ImportedTurn[] {
    const turns: ImportedTurn[] = [];
    for (const [id, answer] of this.#open) {
      if (this.#open.size <= maxOpen) break;
      this.#open.delete(id);
      turns.push(answer.turn());
    }
    return turns;
  }

  #answered(uuid: string, line: Json, message: Json): void {
    const parent = asText(line['parentUuid']);
    const id = asText(message['id']);
    if (message['model'] === SYNTHETIC) {
      this.#inputs.pass(uuid, parent);
      return;
    }
    if (id === null) throw new BadLine('an answer without an id');
    const at = timeOf(line['timestamp']);
    const known = this.#open.get(id);
    if (known === undefined) {
      const before = this.#inputs.before(parent);
      this.#open.set(id, new Answer(id, line, before, at));
    }
    this.#open.get(id)?.add(message, at);
    this.#inputs.answer(uuid, id);
  }

  #said(uuid: string, line: Json): void {
    const parent = asText(line['parentUuid']);
    const messages = messagesOf(line);
    if (messages.length === 0) this.#inputs.pass(uuid, parent);
    else this.#inputs.add(uuid, parent, { messages, at: timeOf(line['timestamp']) });
  }
}

/** What of a line the model gets to see. */
function messagesOf(line: Json): readonly object[] {
  const message = asObject(line['message']);
  if (line['type'] === 'user' && message !== null) {
    return [{ role: 'user', content: message['content'] }];
  }
  if (line['type'] !== 'attachment') return [];
  const role = line['renderedRole'] === 'user' ? 'user' : 'system';
  return asArray(line['rendered']).flatMap((one) => {
    const text = asText(asObject(one)?.['content']);
    return text === null ? [] : [{ role, content: text }];
  });
}
