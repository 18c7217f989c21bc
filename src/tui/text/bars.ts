/** Small bar charts out of block characters. Pure. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const RISING = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A horizontal bar of at most `width` columns; never empty for what is more than nothing. */
export function bar(value: number, largest: number, width: number): string {
  if (value <= 0 || largest <= 0) return '';
  const eighths = Math.max(1, Math.round((value / largest) * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

/** Columns of `height` lines, one character wide each; the top line first. */
export function columnChart(values: readonly number[], height: number): string[] {
  const largest = Math.max(...values, 0);
  return Array.from({ length: height }, (_, line) => {
    const floor = (height - 1 - line) * 8;
    return values
      .map((value) => {
        const eighths = largest <= 0 ? 0 : Math.round((value / largest) * height * 8);
        const least = value > 0 && floor === 0 ? 1 : 0;
        return RISING[Math.max(least, Math.min(8, eighths - floor))] ?? ' ';
      })
      .join('');
  });
}
