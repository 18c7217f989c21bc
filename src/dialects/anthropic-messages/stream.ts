/**
 * Streamed answers of `/v1/messages`: message_start, content blocks by index (start, deltas, stop),
 * message_delta, message_stop; `ping` and unknown events say nothing; `error` may come at any time
 * inside a 200. Keeps the blocks in their wire shape and lets response.ts read them.
 */
import type { ResponseView } from '../../core/conversation.ts';
import { AnswerBound } from '../answer-bound.ts';
import { type Delta, deltas, NO_DELTAS, type ResponseAssembler } from '../codec.ts';
import {
  countField,
  field,
  type JsonRecord,
  nameField,
  parseJson,
  recordField,
  recordOf,
  textField,
} from '../json.ts';
import { errorOfEvent } from '../provider-error.ts';
import { parseResponse } from './response.ts';
import { mergeUsage } from './usage.ts';

/** Where a delta's text is found, which field of its block it continues, and what kind it is. */
interface DeltaRule {
  readonly from: string;
  readonly blockType: string;
  readonly field: string;
  readonly kind: Delta['kind'];
}

const RULES: Readonly<Record<string, DeltaRule>> = {
  text_delta: { from: 'text', blockType: 'text', field: 'text', kind: 'text' },
  thinking_delta: { from: 'thinking', blockType: 'thinking', field: 'thinking', kind: 'thinking' },
  input_json_delta: {
    from: 'partial_json',
    blockType: 'tool_use',
    field: 'input',
    kind: 'tool-call',
  },
  compaction_delta: { from: 'content', blockType: 'compaction', field: 'content', kind: 'text' },
};

export class AnthropicAssembler implements ResponseAssembler {
  readonly #bound = new AnswerBound();
  readonly #blocks = new Map<number, JsonRecord>();
  #message: JsonRecord = {};
  #usage: JsonRecord | null = null;
  #stopReason: string | null = null;
  #error: ResponseView['error'] = null;
  #isComplete = false;

  push(event: string, data: string): readonly Delta[] {
    const body = recordOf(parseJson(data));
    switch (nameField(body, 'type') ?? event) {
      case 'message_start':
        this.#message = recordOf(field(body, 'message'));
        this.#usage = mergeUsage(this.#usage, recordField(this.#message, 'usage'));
        return NO_DELTAS;
      case 'content_block_start':
        return this.#startBlock(
          countField(body, 'index') ?? 0,
          recordOf(field(body, 'content_block')),
        );
      case 'content_block_delta':
        return this.#continueBlock(countField(body, 'index') ?? 0, field(body, 'delta'));
      case 'content_block_stop':
        return this.#stopBlock(countField(body, 'index') ?? 0);
      case 'message_delta':
        this.#stopReason = nameField(field(body, 'delta'), 'stop_reason') ?? this.#stopReason;
        this.#usage = mergeUsage(this.#usage, recordField(body, 'usage'));
        return NO_DELTAS;
      case 'message_stop':
        this.#isComplete = true;
        return NO_DELTAS;
      case 'error':
        this.#error = errorOfEvent(body);
        return NO_DELTAS;
      default:
        return NO_DELTAS;
    }
  }

  view(): ResponseView {
    const message = {
      ...this.#message,
      content: [...this.#blocks.values()],
      stop_reason: this.#stopReason,
      usage: this.#usage,
    };
    return { ...parseResponse(message), error: this.#error, isComplete: this.#isComplete };
  }

  #startBlock(index: number, block: JsonRecord): readonly Delta[] {
    if (this.#blocks.has(index) || !this.#bound.admitPart()) return NO_DELTAS;
    const type = textField(block, 'type');
    const isCall = type.endsWith('tool_use');
    // A call announces `input: {}`; until the block stops, no argument of it is known.
    const isUnknown = isCall && Object.keys(recordOf(field(block, 'input'))).length === 0;
    this.#blocks.set(index, isUnknown ? { ...block, input: '' } : block);
    if (isCall) return deltas('tool-call', `${textField(block, 'name')} `);
    if (type === 'text') return deltas('text', textField(block, 'text'));
    return NO_DELTAS;
  }

  /** The text of a call's arguments gathers in `input`; blocks.ts takes text there as JSON. */
  #continueBlock(index: number, delta: unknown): readonly Delta[] {
    const type = textField(delta, 'type');
    const rule = Object.hasOwn(RULES, type) ? RULES[type] : undefined;
    if (rule === undefined) return NO_DELTAS;
    const text = this.#bound.admit(textField(delta, rule.from));
    if (text === '') return NO_DELTAS;
    if (!this.#blocks.has(index)) this.#startBlock(index, { type: rule.blockType });
    const block = this.#blocks.get(index);
    if (block === undefined) return NO_DELTAS;
    this.#blocks.set(index, { ...block, [rule.field]: textField(block, rule.field) + text });
    return deltas(rule.kind, text);
  }

  /** A call that ends without a piece of arguments was called with none. */
  #stopBlock(index: number): readonly Delta[] {
    const block = this.#blocks.get(index);
    if (field(block, 'input') === '') this.#blocks.set(index, { ...block, input: {} });
    return NO_DELTAS;
  }
}
