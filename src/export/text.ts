/** Foreign text made safe for a page, for Markdown and for JSON that may be shown on a terminal. */
import { safeText } from '../core/text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For element content and quoted attributes; controls and bidi overrides become visible marks. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}

/** safeText(), but tabs stay: code is copied from exports. */
export function visible(text: string): string {
  return text.split('\t').map(safeText).join('\t');
}

/** JSON itself leaves DEL, C1 controls and bidi overrides as they are; a terminal obeys them. */
const TERMINAL_CONTROL = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** On one line; whoever reads it gets exactly `value`. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    TERMINAL_CONTROL,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** JSON laid out; any other text as it is. */
export function laidOut(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}
