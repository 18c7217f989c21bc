/**
 * Codex's rollouts (`~/.codex/sessions/<y>/<m>/<d>/rollout-*.jsonl`, seen in 0.169.0): the items of the
 * Responses API in their order, and what was used. Who said an item tells whether it belongs to a
 * request or to its answer; newer versions name the answer and its usage in a record of its own, older
 * ones only count tokens, sometimes after the next tool has already run.
 */
import { asObject, asText, type Json, parseLine, timeOf } from '../json.ts';
import type { ImportedTurn, TranscriptReader } from '../turn.ts';
import { isFromModel, usageOnTheWire } from './items.ts';
import { Turn } from './turn.ts';

export class CodexRollout implements TranscriptReader {
  #meta: Json = {};
  #model: string | null = null;
  #cwd: string | null = null;
  /** The turn whose answer is arriving, or waits for its usage. */
  #current = new Turn(null);
  /** What was said after that answer; null when nothing was. */
  #next: Turn | null = null;

  line(text: string): readonly ImportedTurn[] {
    const line = parseLine(text);
    const payload = asObject(line['payload']);
    if (payload === null) return [];
    switch (line['type']) {
      case 'session_meta':
        // A forked session repeats the other one's after its own.
        if (Object.keys(this.#meta).length === 0) this.#meta = payload;
        return [];
      case 'turn_context':
        this.#model = asText(payload['model']) ?? this.#model;
        this.#cwd = asText(payload['cwd']) ?? this.#cwd;
        return [];
      case 'response_item':
        return this.#item(payload, timeOf(line['timestamp']));
      case 'compacted':
        return this.#compacted(payload, timeOf(line['timestamp']));
      case 'token_usage_record':
        this.#current.name(asText(payload['response_id']));
        this.#current.count(usageOnTheWire(payload['usage']));
        return [];
      case 'event_msg':
        this.#event(payload);
        return [];
      default:
        return [];
    }
  }

  /** The last answer may still get an item, or its usage. */
  end(isSettled: boolean): readonly ImportedTurn[] {
    return isSettled || this.#next !== null ? this.#finish() : [];
  }

  #event(payload: Json): void {
    if (payload['type'] !== 'token_count') return;
    const used = asObject(asObject(payload['info'])?.['last_token_usage']);
    if (used !== null) this.#current.count(usageOnTheWire(used));
  }

  #item(item: Json, at: number): readonly ImportedTurn[] {
    if (!isFromModel(item)) {
      const isAnswered = this.#current.hasAnswer;
      if (isAnswered) this.#next ??= new Turn(this.#current.responseId(this.#sessionId));
      (this.#next ?? this.#current).say(item, at);
      return [];
    }
    const turns = this.#next !== null || this.#current.isCounted ? this.#finish() : [];
    this.#current.answer(item, at, this.#model);
    return turns;
  }

  /** The history begins anew, with a summary of what was. */
  #compacted(payload: Json, at: number): readonly ImportedTurn[] {
    const turns = this.#finish();
    this.#current = new Turn(null);
    const history = payload['replacement_history'];
    const items = Array.isArray(history) ? history : [];
    for (const item of items) this.#current.say(item, at);
    const summary = asText(payload['message']);
    if (items.length === 0 && summary !== null) {
      const content = [{ type: 'input_text', text: summary }];
      this.#current.say({ type: 'message', role: 'user', content }, at);
    }
    return turns;
  }

  #finish(): ImportedTurn[] {
    const done = this.#current;
    if (!done.hasAnswer) return [];
    const meta = this.#meta;
    const provider = asText(meta['model_provider']) ?? 'openai';
    const id = asText(meta['id']);
    const session = this.#sessionId;
    this.#current = this.#next ?? new Turn(done.responseId(session));
    this.#next = null;
    if (session === '') return [];
    return [
      done.imported({
        sessionId: session,
        clientVersion: asText(meta['cli_version']),
        provider,
        upstream: provider === 'openai' ? 'https://api.openai.com' : '',
        project: this.#cwd ?? asText(meta['cwd']),
        agentId: id === null || id === session ? null : id,
        parentId: asText(meta['parent_thread_id']),
      }),
    ];
  }

  get #sessionId(): string {
    return asText(this.#meta['session_id']) ?? asText(this.#meta['id']) ?? '';
  }
}
