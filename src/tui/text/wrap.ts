/**
 * Long text as lines of a given width: broken between words where there is a near one, else anywhere;
 * nothing is cut off. Foreign text is made safe here. Pure.
 */
import { safeText } from '../../core/text.ts';
import { displayWidth } from '../../core/width.ts';

const PLAIN = /^[\u0020-\u007e]*$/;
/** A break further back than this would leave too ragged a line. */
const MAX_RAGGED = 24;

export function wrapText(text: string, width: number): string[] {
  const columns = Math.max(8, width);
  return safeText(text)
    .split('\n')
    .flatMap((line) => wrapLine(line, columns));
}

function wrapLine(line: string, width: number): string[] {
  if (line.length <= width && PLAIN.test(line)) return [line];
  return PLAIN.test(line) ? wrapPlain(line, width) : wrapWide(line, width);
}

function wrapPlain(line: string, width: number): string[] {
  const lines: string[] = [];
  let start = 0;
  while (line.length - start > width) {
    const space = line.lastIndexOf(' ', start + width);
    const isNear = space > start && start + width - space <= MAX_RAGGED;
    const end = isNear ? space : start + width;
    lines.push(line.slice(start, end));
    start = isNear ? end + 1 : end;
  }
  lines.push(line.slice(start));
  return lines;
}

function wrapWide(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    const columns = displayWidth(segment);
    if (used + columns > width) {
      lines.push(current);
      current = '';
      used = 0;
    }
    current += segment;
    used += columns;
  }
  lines.push(current);
  return lines;
}
