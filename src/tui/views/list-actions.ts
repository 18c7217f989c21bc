/** The actions that move through a list, the same in every list. */
import type { Action } from '../keymap.ts';
import type { ListCursor } from '../state/list-cursor.ts';

/** False when the action does not move. */
export function moveInList<Item>(
  cursor: ListCursor<Item>,
  items: readonly Item[],
  action: Action,
  height: number,
): boolean {
  const by = stepOf(action, height);
  if (by === null) return false;
  if (by === Number.NEGATIVE_INFINITY) cursor.select(items, 0);
  else if (by === Number.POSITIVE_INFINITY) cursor.select(items, items.length - 1);
  else cursor.move(items, by);
  return true;
}

/** Rows to move by; infinite for the ends. */
export function stepOf(action: Action, height: number): number | null {
  switch (action) {
    case 'down':
      return 1;
    case 'up':
      return -1;
    case 'half-down':
      return Math.ceil(height / 2);
    case 'half-up':
      return -Math.ceil(height / 2);
    case 'page-down':
      return Math.max(1, height - 1);
    case 'page-up':
      return -Math.max(1, height - 1);
    case 'top':
      return Number.NEGATIVE_INFINITY;
    case 'bottom':
      return Number.POSITIVE_INFINITY;
    default:
      return null;
  }
}
