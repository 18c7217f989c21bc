/** Text with marks on what was searched for. */
import type { ReactNode } from 'react';
import { shown } from '../text/foreign.ts';

interface MarkedProps {
  readonly text: string;
  /** [start, end) offsets, in order. */
  readonly marks: readonly (readonly [number, number])[];
}

export function Marked({ text, marks }: MarkedProps): ReactNode {
  let at = 0;
  const pieces = marks.flatMap(([start, end]) => {
    const before = text.slice(at, start);
    const inside = text.slice(Math.max(at, start), end);
    at = Math.max(at, end);
    return [shown(before), <mark key={start}>{shown(inside)}</mark>];
  });
  return (
    <>
      {pieces}
      {shown(text.slice(at))}
    </>
  );
}
