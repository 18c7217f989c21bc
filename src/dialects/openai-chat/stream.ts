/**
 * Streamed answers of `/v1/chat/completions`: chunks whose choices carry deltas, a last chunk with
 * usage and no choices (only when the client asked for `include_usage`), then `[DONE]`. An error
 * may come as `{error: …}` inside a 200.
 */
import type { ResponseView } from '../../core/conversation.ts';
import { AnswerBound } from '../answer-bound.ts';
import { type Delta, NO_DELTAS, type ResponseAssembler } from '../codec.ts';
import {
  arrayField,
  countField,
  type JsonRecord,
  nameField,
  parseJson,
  recordField,
} from '../json.ts';
import { errorIn } from '../provider-error.ts';
import { ChoiceDraft } from './choice-draft.ts';
import { parseResponse } from './response.ts';

export class ChatAssembler implements ResponseAssembler {
  readonly #bound = new AnswerBound();
  readonly #choices = new Map<number, ChoiceDraft>();
  #id: string | null = null;
  #model: string | null = null;
  #usage: JsonRecord | null = null;
  #tier: string | null = null;
  #error: ResponseView['error'] = null;
  #isDone = false;

  push(_event: string, data: string): readonly Delta[] {
    if (data.trim() === '[DONE]') {
      this.#isDone = true;
      return NO_DELTAS;
    }
    const chunk = parseJson(data);
    this.#id ??= nameField(chunk, 'id');
    this.#model ??= nameField(chunk, 'model');
    this.#usage = recordField(chunk, 'usage') ?? this.#usage;
    this.#tier = nameField(chunk, 'service_tier') ?? this.#tier;
    this.#error ??= errorIn(chunk);
    return arrayField(chunk, 'choices').flatMap(
      (choice) => this.#draftOf(choice)?.add(choice) ?? [],
    );
  }

  view(): ResponseView {
    const body = {
      id: this.#id,
      model: this.#model,
      choices: [...this.#choices].map(([index, draft]) => draft.wire(index)),
      usage: this.#usage,
      service_tier: this.#tier,
    };
    return { ...parseResponse(body), error: this.#error, isComplete: this.#isComplete() };
  }

  /** Some compatible servers end without `[DONE]`: an answer whose every choice finished is whole. */
  #isComplete(): boolean {
    const drafts = [...this.#choices.values()];
    const allFinished = drafts.length > 0 && drafts.every((draft) => draft.finishReason !== null);
    return this.#isDone || (allFinished && this.#error === null);
  }

  #draftOf(choice: unknown): ChoiceDraft | null {
    const index = countField(choice, 'index') ?? 0;
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    if (!this.#bound.admitPart()) return null;
    const draft = new ChoiceDraft(this.#bound);
    this.#choices.set(index, draft);
    return draft;
  }
}
