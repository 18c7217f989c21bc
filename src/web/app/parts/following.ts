/** Keeps the end of what grows in view, as a terminal does, until the person goes elsewhere. */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

/** How a person goes elsewhere. The page's own scrolling is none of these. */
const MOVES = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;
/** Pixels below the window in which the end still counts as in view: less than a turn of a wheel. */
const NEAR = 60;

/** @param length of what grows */
export function useFollowing(length: number): RefObject<HTMLSpanElement | null> {
  const end = useRef<HTMLSpanElement>(null);
  const isFollowing = useRef(true);
  const hasMoved = useRef(false);
  useEffect(() => {
    const move = (): void => {
      hasMoved.current = true;
    };
    for (const name of MOVES) addEventListener(name, move, { passive: true });
    return () => {
      for (const name of MOVES) removeEventListener(name, move);
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: -- each growth moves the end
  useLayoutEffect(() => {
    if (end.current === null) return;
    if (hasMoved.current) {
      isFollowing.current = end.current.getBoundingClientRect().bottom < innerHeight + NEAR;
      hasMoved.current = false;
    }
    if (isFollowing.current) end.current.scrollIntoView({ block: 'nearest' });
  }, [length]);
  return end;
}
