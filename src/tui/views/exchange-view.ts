/**
 * One exchange: its conversation, bodies, headers and timing. While it runs, the answer grows and the
 * view stays at its end until the person scrolls up.
 */
import type { LiveExchange } from '../../core/live-state.ts';
import type { ExchangeDetail } from '../../core/ports.ts';
import type { Action } from '../keymap.ts';
import { clip } from '../text/cells.ts';
import { markMatches } from '../text/mark.ts';
import { shortId } from './exchange-columns.ts';
import { bodyDoc, factsDoc, headersDoc, timingDoc, unwrittenFact } from './exchange-facts.ts';
import { newerExchange, olderExchange } from './exchange-neighbours.ts';
import { conversationDoc, type DocLine, diffDoc, line, liveDoc } from './exchange-text.ts';
import { Scroller } from './scroller.ts';
import { tabLine } from './tabs.ts';
import type { Area, Selection, Target, View, ViewContext } from './view.ts';

const TABS = ['conversation', 'request', 'response', 'headers', 'timing', 'raw'] as const;
type Tab = (typeof TABS)[number];

/** The record of an exchange that has just ended may need a moment to be written. */
const REREAD_MS = 200;

interface Doc {
  readonly key: string;
  readonly lines: readonly DocLine[];
}

export class ExchangeView implements View {
  readonly name = 'exchange';
  readonly #context: ViewContext;
  readonly #scroller = new Scroller();
  #target: Extract<Target, { type: 'exchange' }> | null = null;
  #detail: ExchangeDetail | null = null;
  #lastLive: LiveExchange | undefined;
  #tab: Tab = 'conversation';
  #isUnfolded = false;
  #showsDiff = false;
  #match: readonly string[] = [];
  #isRevealed = true;
  #doc: Doc | null = null;
  #readAt = 0;
  #revision = 0;
  #saidCache: { key: string; lines: DocLine[] } | null = null;
  #matchedLine = -1;

  constructor(context: ViewContext) {
    this.#context = context;
  }

  openExchange(target: Extract<Target, { type: 'exchange' }>): void {
    this.#target = target;
    this.#match = target.match ?? [];
    this.#isRevealed = this.#match.length === 0;
    this.#matchedLine = -1;
    this.#showsDiff = false;
    this.#lastLive = undefined;
    if (this.#match.length > 0) {
      this.#tab = 'conversation';
      this.#isUnfolded = true;
    }
    this.#scroller.reset();
    this.#read();
    if (this.#live() !== undefined && this.#match.length === 0) this.#scroller.follow();
  }

  /** Comes to the front without an exchange: the newest one. */
  shown(): void {
    const newest = this.#context.feed.rows.at(-1);
    if (this.#target !== null || newest === undefined) return;
    this.openExchange({ type: 'exchange', exchangeId: newest.id, sessionId: newest.sessionId });
  }

  title(): string {
    if (this.#target === null) return '';
    const position = this.#scroller.position();
    return `${shortId(this.#target.sessionId)} ${position}`;
  }

  lines(area: Area): string[] {
    if (this.#target === null) return ['', '  no exchange is selected: Enter in a list opens one'];
    this.#reread();
    const { theme } = this.#context;
    const detail = this.#detail;
    const live = this.#live();
    const facts =
      detail === null
        ? [unwrittenFact(live, this.#context.history !== null)]
        : factsDoc(detail, live);
    const head = [
      ...facts.map((fact) => ` ${theme.paint(clip(fact, area.width - 2), 'dim')}`),
      tabLine(TABS, this.#tab, theme),
    ];
    const doc = this.#document(area.width);
    const room = Math.max(1, area.height - head.length);
    this.#reveal(doc, room);
    return [
      ...head,
      ...this.#scroller.cut(doc, room).map(({ text, style }) => {
        const marked = markMatches(text, this.#match, theme);
        return marked ?? theme.paint(text, style);
      }),
    ];
  }

  act(action: Action): boolean {
    switch (action) {
      case 'left':
      case 'right':
        this.#nextTab(action === 'right' ? 1 : TABS.length - 1);
        return true;
      case 'unfold':
        this.#isUnfolded = !this.#isUnfolded;
        return true;
      case 'diff':
        this.#showsDiff = !this.#showsDiff;
        this.#tab = 'conversation';
        this.#scroller.reset();
        return true;
      case 'follow':
        this.#scroller.follow();
        return true;
      case 'older':
      case 'newer':
        return this.#toNeighbour(action);
      case 'next-match':
      case 'previous-match':
        return this.#toMatch(action === 'next-match' ? 1 : -1);
      default:
        return this.#scroller.act(action);
    }
  }

  selection(): Selection | null {
    const target = this.#target;
    if (target === null) return null;
    const shown = this.#doc?.lines.map(({ text }) => text).join('\n') ?? '';
    return {
      row: shown,
      sessionId: target.sessionId,
      exchangeId: target.exchangeId,
      body: this.#bodyText(),
    };
  }

  #live(): LiveExchange | undefined {
    const id = this.#target?.exchangeId;
    const live = id === undefined ? undefined : this.#context.feed.running(id);
    if (live !== undefined) this.#lastLive = live;
    // Between its end and its record the last that was seen of it stays in view.
    return (
      live ?? (this.#detail?.end === null || this.#detail === null ? this.#lastLive : undefined)
    );
  }

  #read(): void {
    const { history, now } = this.#context;
    this.#readAt = now();
    this.#revision += 1;
    this.#detail =
      this.#target === null ? null : (history?.exchange(this.#target.exchangeId) ?? null);
  }

  /** Once the exchange has ended, its record is read until it says so. */
  #reread(): void {
    const { feed, now, history } = this.#context;
    const isOpen = this.#detail === null || this.#detail.end === null;
    const id = this.#target?.exchangeId ?? '';
    const isDue = now() - this.#readAt > REREAD_MS;
    if (!isOpen || history === null || !isDue) return;
    if (this.#detail === null || feed.running(id) === undefined) this.#read();
  }

  #document(width: number): readonly DocLine[] {
    const live = this.#live();
    const arrived = live?.answer.reduce((sum, { text }) => sum + text.length, 0) ?? -1;
    const key = [
      this.#revision,
      this.#tab,
      width,
      this.#isUnfolded,
      this.#showsDiff,
      arrived,
    ].join();
    if (this.#doc?.key !== key) this.#doc = { key, lines: this.#compose(width, live) };
    return this.#doc.lines;
  }

  #compose(width: number, live: LiveExchange | undefined): readonly DocLine[] {
    const detail = this.#detail;
    const options = { width, isUnfolded: this.#isUnfolded };
    if (detail === null) return live === undefined ? [] : liveDoc(live.answer, options);
    switch (this.#tab) {
      case 'conversation': {
        if (this.#showsDiff) return this.#diff(detail, options);
        const said = this.#said(detail, options);
        return live === undefined ? said : [...said, ...liveDoc(live.answer, options)];
      }
      case 'request':
        return bodyDoc(this.#bytes('request'), encodingOf(detail.requestHeaders), {
          width,
          isPretty: true,
        });
      case 'response':
        return detail.end === null && live !== undefined
          ? liveDoc(live.answer, options)
          : conversationDoc({ ...detail, messages: [] }, options);
      case 'headers':
        return headersDoc(detail, width);
      case 'timing':
        return timingDoc(detail, width);
      case 'raw':
        return bodyDoc(this.#bytes('response'), encodingOf(detail.responseHeaders), {
          width,
          isPretty: false,
        });
    }
  }

  /** The request does not change while its answer grows: laid out once. */
  #said(detail: ExchangeDetail, options: { width: number; isUnfolded: boolean }): DocLine[] {
    const key = [this.#revision, options.width, options.isUnfolded].join();
    if (this.#saidCache?.key !== key) {
      this.#saidCache = { key, lines: conversationDoc(detail, options) };
    }
    return this.#saidCache.lines;
  }

  #diff(detail: ExchangeDetail, options: { width: number; isUnfolded: boolean }): DocLine[] {
    const [before] =
      this.#context.history?.timeline({ sessionId: detail.sessionId, limit: 1, before: detail }) ??
      [];
    const earlier = before === undefined ? null : this.#context.history?.exchange(before.id);
    if (!earlier) return [line("  this is the session's first request")];
    return diffDoc(earlier, detail, options);
  }

  #bytes(direction: 'request' | 'response'): Uint8Array | null {
    return this.#context.history?.rawBody(this.#target?.exchangeId ?? '', direction) ?? null;
  }

  #bodyText(): string | null {
    const isRequest = this.#tab === 'request' || this.#tab === 'headers';
    const bytes = this.#bytes(isRequest ? 'request' : 'response');
    return bytes === null ? null : Buffer.from(bytes).toString('utf8');
  }

  #nextTab(step: number): void {
    this.#tab = TABS[(TABS.indexOf(this.#tab) + step) % TABS.length] ?? 'conversation';
    this.#showsDiff = false;
    this.#scroller.reset();
  }

  #toNeighbour(direction: 'older' | 'newer'): boolean {
    const { history, toast } = this.#context;
    const detail = this.#detail;
    if (history === null || detail === null) return true;
    const find = direction === 'older' ? olderExchange : newerExchange;
    const next = find(history, detail.sessionId, detail);
    if (next === undefined) toast(`no ${direction} exchange in this session`);
    else this.openExchange({ type: 'exchange', exchangeId: next.id, sessionId: next.sessionId });
    return true;
  }

  #reveal(doc: readonly DocLine[], room: number): void {
    if (this.#isRevealed) return;
    this.#isRevealed = true;
    this.#scroller.place(doc.length, room);
    this.#toMatch(1);
  }

  #toMatch(step: 1 | -1): boolean {
    const lines = this.#doc?.lines ?? [];
    const has = ({ text }: DocLine): boolean => {
      const lower = text.toLowerCase();
      return this.#match.some((word) => lower.includes(word.toLowerCase()));
    };
    const from = this.#matchedLine;
    const found =
      step > 0
        ? lines.findIndex((row, index) => index > from && has(row))
        : lines.findLastIndex((row, index) => index < from && has(row));
    if (found === -1) this.#context.toast('no further match');
    else {
      this.#matchedLine = found;
      this.#scroller.reveal(found);
    }
    return true;
  }
}

function encodingOf(headers: readonly string[]): string | null {
  const at = headers.findIndex(
    (name, index) => index % 2 === 0 && /^content-encoding$/i.test(name),
  );
  return at === -1 ? null : (headers[at + 1] ?? null);
}
