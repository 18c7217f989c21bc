/**
 * Streamed answers of `/v1/responses`, over SSE or as WebSocket messages: the same `response.*`
 * events. The terminal event's `response` replaces what was put together, except that the ChatGPT
 * backend may leave its `output` empty: then the items that were streamed stand.
 */
import type { ResponseView } from '../../core/conversation.ts';
import { AnswerBound } from '../answer-bound.ts';
import { type Delta, deltas, NO_DELTAS, type ResponseAssembler } from '../codec.ts';
import {
  arrayField,
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
import { ItemDraft } from './item-draft.ts';
import { partsOfItem } from './items.ts';
import { type PieceRule, pieceEvent } from './piece-rules.ts';
import { parseResponse } from './response.ts';

const TERMINAL: Readonly<Record<string, string>> = {
  'response.completed': 'completed',
  'response.incomplete': 'incomplete',
  'response.failed': 'failed',
  'response.cancelled': 'cancelled',
};

export class ResponsesAssembler implements ResponseAssembler {
  readonly #bound = new AnswerBound();
  readonly #drafts = new Map<number, ItemDraft>();
  #response: JsonRecord = {};
  #error: ResponseView['error'] = null;
  #rateLimits: JsonRecord | null = null;
  #isComplete = false;

  push(event: string, data: string): readonly Delta[] {
    const body = recordOf(parseJson(data));
    const type = nameField(body, 'type') ?? event;
    const piece = pieceEvent(type);
    if (piece !== null) return this.#addPiece(piece.rule, piece.isWhole, body);
    switch (type) {
      case 'response.output_item.added':
        return this.#announce(body);
      case 'response.output_item.done':
        return this.#settle(body);
      case 'codex.rate_limits':
        this.#rateLimits = body;
        return NO_DELTAS;
      case 'error':
      case 'response.error':
        this.#error = errorOfEvent(body);
        return NO_DELTAS;
      default:
        this.#keepResponse(type, recordField(body, 'response'));
        return NO_DELTAS;
    }
  }

  view(): ResponseView {
    const final = arrayField(this.#response, 'output');
    const streamed = [...this.#drafts.values()].map((draft) => draft.wire());
    const isFinal = this.#isComplete && final.length > 0;
    const answer = parseResponse({ ...this.#response, output: isFinal ? final : streamed });
    return {
      ...answer,
      rateLimitFrame: this.#rateLimits,
      error: this.#error ?? answer.error,
      isComplete: this.#isComplete,
    };
  }

  /** `response.created`, `.in_progress` and the terminal events carry the response as it stands. */
  #keepResponse(type: string, response: JsonRecord | null): void {
    const status = Object.hasOwn(TERMINAL, type) ? TERMINAL[type] : undefined;
    if (status === undefined) {
      this.#response = { ...this.#response, ...response };
      return;
    }
    this.#response = { ...this.#response, status, ...response };
    this.#isComplete = true;
  }

  #announce(event: JsonRecord): readonly Delta[] {
    const item = recordOf(field(event, 'item'));
    return this.#draftAt(event, item) === null ? NO_DELTAS : callName(item);
  }

  #settle(event: JsonRecord): readonly Delta[] {
    const item = recordOf(field(event, 'item'));
    const isNew = !this.#drafts.has(indexOf(event));
    this.#draftAt(event, item)?.settle(item);
    return isNew ? callName(item) : NO_DELTAS;
  }

  #addPiece(rule: PieceRule, isWhole: boolean, event: JsonRecord): readonly Delta[] {
    const missed = { type: rule.itemType, id: textField(event, 'item_id') };
    const draft = this.#draftAt(event, missed);
    if (draft === null) return NO_DELTAS;
    return isWhole ? draft.addWhole(rule, event) : draft.addPart(rule, event);
  }

  #draftAt(event: JsonRecord, item: JsonRecord): ItemDraft | null {
    const index = indexOf(event);
    const known = this.#drafts.get(index);
    if (known !== undefined) return known;
    if (!this.#bound.admitPart()) return null;
    const draft = new ItemDraft(this.#bound, item);
    this.#drafts.set(index, draft);
    return draft;
  }
}

function indexOf(event: JsonRecord): number {
  return countField(event, 'output_index') ?? 0;
}

/** A live screen learns of a tool call by its name, before its arguments. */
function callName(item: JsonRecord): readonly Delta[] {
  const call = partsOfItem(item).find((part) => part.type === 'tool-call');
  return call === undefined ? NO_DELTAS : deltas('tool-call', `${call.name} `);
}
