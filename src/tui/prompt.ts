/**
 * The line that is typed into: a filter (applied with every key), a search (a moment after the last
 * key), or the name of a command. While it is open it takes all keys but those that move.
 */
import { parseFilter } from './filter.ts';
import type { Action, Binding } from './keymap.ts';
import { findCommands } from './overlays.ts';
import type { PulseTimers } from './state/pulse.ts';
import type { SearchView } from './views/search-view.ts';
import type { View } from './views/view.ts';

export type PromptKind = 'filter' | 'search' | 'palette';

export interface PromptOptions {
  readonly timers: PulseTimers;
  readonly view: () => View;
  readonly search: SearchView;
  readonly run: (action: Action) => void;
  readonly redraw: () => void;
}

/** Typing on does not search for every letter. */
const SEARCH_AFTER_MS = 80;
const MAX_TYPED = 200;
const SIGNS: Readonly<Record<PromptKind, string>> = {
  filter: '/',
  search: 'search: ',
  palette: ':',
};

export class Prompt {
  readonly #options: PromptOptions;
  #kind: PromptKind | null = null;
  #text = '';
  #selected = 0;
  #cancelSearch: (() => void) | null = null;

  constructor(options: PromptOptions) {
    this.#options = options;
  }

  /** What is shown in the status line; null while it is closed. */
  line(): string | null {
    return this.#kind === null ? null : `${SIGNS[this.#kind]}${this.#text}_`;
  }

  get palette(): { commands: readonly Binding[]; selected: number } | null {
    if (this.#kind !== 'palette') return null;
    return {
      commands: findCommands(this.#text, this.#options.view().name),
      selected: this.#selected,
    };
  }

  open(kind: PromptKind): void {
    const { view, search } = this.#options;
    this.#kind = kind;
    this.#selected = 0;
    const known = kind === 'filter' ? view().filter?.typed : kind === 'search' ? search.typed : '';
    this.#text = known ?? '';
  }

  close(): void {
    this.#kind = null;
  }

  paste(text: string): void {
    if (this.#kind !== null) this.#type(text.replace(/\s+/g, ' '));
  }

  /** False when the key is none of the prompt's. */
  key(key: string): boolean {
    if (this.#kind === null) return false;
    switch (key) {
      case 'enter':
        this.#accept();
        return true;
      case 'esc':
        this.#cancel();
        return true;
      case 'backspace':
        this.#set([...this.#text].slice(0, -1).join(''));
        return true;
      case 'ctrl-u':
        this.#set('');
        return true;
      case 'ctrl-w':
        this.#set(this.#text.replace(/\S+\s*$/, ''));
        return true;
      case 'up':
      case 'down':
        return this.#move(key);
      default:
        if ([...key].length === 1) this.#type(key);
        return true;
    }
  }

  #type(text: string): void {
    this.#set((this.#text + text).slice(0, MAX_TYPED));
  }

  #set(text: string): void {
    this.#text = text;
    this.#selected = 0;
    if (this.#kind === 'filter') {
      this.#options.view().setFilter?.(text.trim() === '' ? null : parseFilter(text));
    }
    if (this.#kind === 'search') this.#searchSoon();
  }

  #searchSoon(): void {
    const { timers, search, redraw } = this.#options;
    this.#cancelSearch?.();
    this.#cancelSearch = timers.after(SEARCH_AFTER_MS, () => {
      this.#cancelSearch = null;
      search.search(this.#text);
      redraw();
    });
  }

  #accept(): void {
    const { run, search } = this.#options;
    const command = this.palette?.commands[this.#selected];
    if (this.#kind === 'search') {
      const isPending = this.#cancelSearch !== null;
      this.#cancelSearch?.();
      this.#cancelSearch = null;
      if (isPending) search.search(this.#text);
    }
    this.close();
    if (command !== undefined) run(command.action);
  }

  #cancel(): void {
    if (this.#kind === 'filter') this.#options.view().setFilter?.(null);
    this.close();
  }

  #move(key: 'up' | 'down'): boolean {
    const step = key === 'down' ? 1 : -1;
    const { palette } = this;
    if (palette === null) return false;
    this.#selected = Math.max(0, Math.min(palette.commands.length - 1, this.#selected + step));
    return true;
  }
}
