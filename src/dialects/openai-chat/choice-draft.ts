/**
 * One choice of a streamed completion while its deltas arrive. Ends as the message that the same
 * answer has without streaming, so that response.ts reads both.
 */
import type { AnswerBound } from '../answer-bound.ts';
import { type Delta, deltas } from '../codec.ts';
import {
  arrayField,
  countField,
  field,
  type JsonRecord,
  nameField,
  recordField,
  textField,
} from '../json.ts';
import { argumentsText, partsOfContent, reasoningText } from './message.ts';

interface CallDraft {
  id: string;
  name: string;
  arguments: string;
  isCustom: boolean;
}

export class ChoiceDraft {
  readonly #bound: AnswerBound;
  readonly #calls: CallDraft[] = [];
  /** Where in #calls the wire's tool call index points. */
  readonly #callAt = new Map<number, CallDraft>();
  #reasoning = '';
  #content = '';
  #refusal = '';
  #legacy: CallDraft | null = null;
  #hasAudio = false;
  #transcript = '';
  finishReason: string | null = null;

  constructor(bound: AnswerBound) {
    this.#bound = bound;
  }

  /** Adds one `choices[]` element of a chunk. */
  add(choice: unknown): readonly Delta[] {
    this.finishReason = nameField(choice, 'finish_reason') ?? this.finishReason;
    const delta = field(choice, 'delta');
    const words = this.#addWords(delta);
    const calls = arrayField(delta, 'tool_calls').flatMap((call, position) => {
      const draft = this.#draftFor(call, position);
      const called = recordField(call, 'custom') ?? recordField(call, 'function');
      return draft === null ? [] : this.#continueCall(draft, called);
    });
    return [...words, ...calls, ...this.#addLegacyCall(recordField(delta, 'function_call'))];
  }

  /** The choice in the shape of an answer that was not streamed. */
  wire(index: number): JsonRecord {
    const message = {
      reasoning_content: this.#reasoning,
      content: this.#content,
      refusal: this.#refusal,
      tool_calls: this.#calls.map(wireCall),
      function_call: this.#legacy,
      audio: this.#hasAudio ? { transcript: this.#transcript } : null,
    };
    return { index, finish_reason: this.finishReason, message };
  }

  #addWords(delta: unknown): readonly Delta[] {
    const parts = partsOfContent(field(delta, 'content'));
    const text = parts.flatMap((part) => (part.type === 'text' ? part.text : [])).join('');
    const inContent = parts.flatMap((part) => (part.type === 'thinking' ? part.text : [])).join('');
    const thinking = this.#bound.admit(reasoningText(delta) + inContent);
    const content = this.#bound.admit(text);
    const refusal = this.#bound.admit(textField(delta, 'refusal'));
    const audio = recordField(delta, 'audio');
    this.#reasoning += thinking;
    this.#content += content;
    this.#refusal += refusal;
    this.#hasAudio ||= audio !== null;
    this.#transcript += this.#bound.admit(textField(audio, 'transcript'));
    return [...deltas('thinking', thinking), ...deltas('text', content + refusal)];
  }

  /**
   * The call that a piece continues. Some compatible servers leave the index out, or send 0 for
   * every parallel call: then a new id begins a new call.
   */
  #draftFor(call: unknown, position: number): CallDraft | null {
    const index = countField(call, 'index') ?? position;
    const id = textField(call, 'id');
    const open = this.#callAt.get(index);
    if (open !== undefined && (id === '' || open.id === '' || open.id === id)) {
      open.id ||= id;
      return open;
    }
    const isCustom = recordField(call, 'custom') !== null;
    if (!this.#bound.admitPart()) return null;
    const draft = { id, name: '', arguments: '', isCustom };
    this.#calls.push(draft);
    this.#callAt.set(index, draft);
    return draft;
  }

  #continueCall(draft: CallDraft, called: JsonRecord | null): readonly Delta[] {
    const name = draft.name === '' ? this.#bound.admit(textField(called, 'name')) : '';
    const text = draft.isCustom ? textField(called, 'input') : argumentsText(called);
    const piece = this.#bound.admit(text);
    draft.name += name;
    draft.arguments += piece;
    return deltas('tool-call', (name === '' ? '' : `${name} `) + piece);
  }

  #addLegacyCall(called: JsonRecord | null): readonly Delta[] {
    if (called === null) return [];
    this.#legacy ??= { id: '', name: '', arguments: '', isCustom: false };
    return this.#continueCall(this.#legacy, called);
  }
}

function wireCall(call: CallDraft): JsonRecord {
  return call.isCustom
    ? { id: call.id, custom: { name: call.name, input: call.arguments } }
    : { id: call.id, function: { name: call.name, arguments: call.arguments } };
}
