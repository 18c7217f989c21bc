/**
 * One output item while its events arrive. `output_item.done` carries the whole item and settles
 * it; until then (and for ever, when the stream is cut) the item is what was announced plus the
 * pieces so far, in its wire shape, so that items.ts reads both.
 */
import type { AnswerBound } from '../answer-bound.ts';
import { type Delta, deltas, NO_DELTAS } from '../codec.ts';
import { countField, type JsonRecord, textField } from '../json.ts';
import type { PieceRule } from './piece-rules.ts';

interface Piece {
  readonly rule: PieceRule;
  text: string;
}

export class ItemDraft {
  readonly #bound: AnswerBound;
  #item: JsonRecord;
  #isSettled = false;
  /** By field and index, in the order of their arrival, which is the order of the item. */
  readonly #pieces = new Map<string, Piece>();

  constructor(bound: AnswerBound, item: JsonRecord) {
    this.#bound = bound;
    this.#item = item;
  }

  /** The whole item, as `output_item.done` gives it. */
  settle(item: JsonRecord): void {
    this.#item = item;
    this.#isSettled = true;
    this.#pieces.clear();
  }

  addPart(rule: PieceRule, event: JsonRecord): readonly Delta[] {
    return this.#append(this.#pieceFor(rule, event), textField(event, 'delta'));
  }

  /** The whole text of a piece: news only where no part of it came before. */
  addWhole(rule: PieceRule, event: JsonRecord): readonly Delta[] {
    const piece = this.#pieceFor(rule, event);
    return piece?.text === '' ? this.#append(piece, textField(event, rule.text)) : NO_DELTAS;
  }

  wire(): JsonRecord {
    const byField = Map.groupBy(this.#pieces.values(), (piece) => piece.rule.field);
    const fields = [...byField].map(([name, pieces]) => [name, wireField(pieces)] as const);
    return { ...this.#item, ...Object.fromEntries(fields) };
  }

  #append(piece: Piece | null, text: string): readonly Delta[] {
    if (piece === null) return NO_DELTAS;
    const added = this.#bound.admit(text);
    piece.text += added;
    return deltas(piece.rule.kind, added);
  }

  #pieceFor(rule: PieceRule, event: JsonRecord): Piece | null {
    if (this.#isSettled) return null;
    const index = rule.list === undefined ? 0 : (countField(event, rule.list.index) ?? 0);
    const key = `${rule.field} ${index}`;
    const known = this.#pieces.get(key);
    if (known !== undefined) return known;
    if (!this.#bound.admitPart()) return null;
    const piece = { rule, text: '' };
    this.#pieces.set(key, piece);
    return piece;
  }
}

function wireField(pieces: readonly Piece[]): unknown {
  const listed = pieces.flatMap(({ rule, text }) =>
    rule.list === undefined ? [] : [{ type: rule.list.type, [rule.text]: text }],
  );
  return listed.length > 0 ? listed : pieces[0]?.text;
}
