/** Search over all history as you type; Enter opens the exchange at the match. */
import { UserError } from '../../core/errors.ts';
import { formatTime } from '../../core/format.ts';
import { FILTER_FORMS } from '../../core/search-filters.ts';
import { safeText } from '../../core/text.ts';
import type { Action } from '../keymap.ts';
import { type FoundHit, fuzzySearch } from '../search/fuzzy-search.ts';
import { ListCursor } from '../state/list-cursor.ts';
import { clip, fitCell } from '../text/cells.ts';
import { markMatches } from '../text/mark.ts';
import { plain, shortId } from './exchange-columns.ts';
import { moveInList } from './list-actions.ts';
import type { Area, Selection, View, ViewContext } from './view.ts';

/** A hit takes two lines. */
const HIT_LINES = 2;

export class SearchView implements View {
  readonly name = 'search';
  readonly #context: ViewContext;
  readonly #cursor = new ListCursor<FoundHit>(
    ({ hit }) => `${hit.exchangeId} ${hit.kind} ${hit.snippet}`,
  );
  #typed = '';
  #hits: readonly FoundHit[] = [];
  #height = 10;
  #top = 0;
  #tookMs = 0;
  /** What is wrong with what is typed. */
  #problem: UserError | null = null;

  constructor(context: ViewContext) {
    this.#context = context;
  }

  get typed(): string {
    return this.#typed;
  }

  search(typed: string): void {
    const { history, now } = this.#context;
    this.#typed = typed;
    const began = now();
    this.#problem = null;
    try {
      this.#hits = history === null ? [] : fuzzySearch(history, typed);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#hits = [];
      this.#problem = error;
    }
    this.#tookMs = now() - began;
    this.#cursor.select(this.#hits, 0);
  }

  title(): string {
    return this.#typed === '' ? '' : `${this.#hits.length} found in ${Math.round(this.#tookMs)}ms`;
  }

  lines({ width, height }: Area): string[] {
    const { theme } = this.#context;
    this.#height = Math.max(1, Math.floor((height - 1) / HIT_LINES));
    const head = theme.paint(clip(` search: ${this.#typed}`, width), 'title');
    if (this.#hits.length === 0) return [head, ...this.#emptyLines()];
    const { start, end } = this.#cursor.window(this.#hits, this.#height);
    this.#top = start;
    const selected = this.#cursor.indexIn(this.#hits);
    const shown = this.#hits
      .slice(start, end)
      .flatMap((found, index) => this.#hitLines(found, width, start + index === selected));
    return [head, ...shown];
  }

  act(action: Action): boolean {
    if (action === 'open') return this.#open();
    return moveInList(this.#cursor, this.#hits, action, this.#height);
  }

  click(row: number): void {
    const index = this.#top + Math.floor((row - 1) / HIT_LINES);
    if (row < 1 || index >= this.#hits.length) return;
    const isAgain = this.#cursor.indexIn(this.#hits) === index;
    this.#cursor.select(this.#hits, index);
    if (isAgain) this.#open();
  }

  selection(): Selection | null {
    const found = this.#cursor.selected(this.#hits);
    if (found === undefined) return null;
    const { hit } = found;
    return {
      row: hit.snippet,
      sessionId: hit.sessionId,
      exchangeId: hit.exchangeId,
      body: hit.snippet,
    };
  }

  #emptyLines(): string[] {
    if (this.#context.history === null)
      return ['', '  recording to SQLite is off: nothing to search'];
    if (this.#typed.trim() === '') {
      return [
        '',
        '  / and type: prompts, answers, thinking, tool calls and their results',
        '  all words must occur; "a phrase"; -not; src/x.ts; mistyped words are forgiven',
        `  ${FILTER_FORMS}`,
      ];
    }
    if (this.#problem !== null) {
      const { message, hint } = this.#problem;
      return ['', ...[message, hint ?? ''].map((line) => `  ${safeText(line)}`)];
    }
    return ['', '  nothing found'];
  }

  #hitLines({ hit, words }: FoundHit, width: number, isSelected: boolean): string[] {
    const { theme } = this.#context;
    const facts = [
      formatTime(hit.at),
      fitCell(hit.client, 11),
      fitCell(plain(shortId(hit.sessionId)), 8),
      fitCell(hit.kind, 11),
      plain(hit.model ?? ''),
    ].join(' ');
    const head = clip(`${isSelected ? '> ' : '  '}${facts}`, width - 1);
    const snippet = clip(`    ${safeText(hit.snippet)}`, width - 4);
    const shown = snippet.startsWith(' ') ? snippet : `    ${snippet}`;
    return [
      theme.paint(head, isSelected ? 'inverse' : 'dim'),
      markMatches(shown, words, theme) ?? shown,
    ];
  }

  #open(): boolean {
    const found = this.#cursor.selected(this.#hits);
    if (found === undefined) return true;
    const { exchangeId, sessionId } = found.hit;
    this.#context.open({ type: 'exchange', exchangeId, sessionId, match: found.words });
    return true;
  }
}
