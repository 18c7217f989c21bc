/**
 * Text cut and padded to an exact number of columns. Foreign text is made safe here, so no view can
 * forget it. Lists are drawn in plain ASCII: Ink measures such lines many times faster.
 */
import { safeLine } from '../../core/text.ts';
import { displayWidth } from '../../core/width.ts';

const PLAIN = /^[\u0020-\u007e]*$/;
/** No cell is wider: the rest of a very long text is not even looked at. */
const MAX_CELL = 1000;

export type Align = 'left' | 'right';

/** Exactly `width` columns; `~` at the end when something was cut. */
export function fitCell(text: string, width: number, align: Align = 'left'): string {
  if (width <= 0) return '';
  const safe = clean(text);
  const cut = cutTo(safe, width);
  const space = ' '.repeat(Math.max(0, width - displayWidth(cut)));
  return align === 'right' ? space + cut : cut + space;
}

/** At most `width` columns, safe, on one line. */
export function clip(text: string, width: number): string {
  return width <= 0 ? '' : cutTo(clean(text), width);
}

function clean(text: string): string {
  const short = text.length > MAX_CELL ? text.slice(0, MAX_CELL) : text;
  return PLAIN.test(short) ? short : safeLine(short);
}

function cutTo(text: string, width: number): string {
  if (PLAIN.test(text)) {
    return text.length <= width ? text : `${text.slice(0, width - 1)}~`;
  }
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += displayWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}~`;
}
