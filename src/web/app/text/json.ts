/** JSON for reading: laid out as text, or as the rows of a tree that can be folded and searched. Pure. */

/** JSON laid out; any other text as it is. */
export function prettyJson(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}

/** One line of the tree. `path` names it: keys and places joined, unique. */
export interface JsonRow {
  readonly path: string;
  readonly depth: number;
  /** null for the root. */
  readonly name: string | null;
  readonly value: unknown;
  /** Number of members; null for what has none to unfold. */
  readonly size: number | null;
}

/** The rows that are seen when only `open` is unfolded. */
export function jsonRows(root: unknown, open: ReadonlySet<string>): readonly JsonRow[] {
  const rows: JsonRow[] = [];
  walk({ path: '$', depth: 0, name: null, value: root }, open, rows);
  return rows;
}

type Place = Omit<JsonRow, 'size'>;

function walk(place: Place, open: ReadonlySet<string>, rows: JsonRow[]): void {
  const members = membersOf(place.value);
  rows.push({ ...place, size: members === null ? null : members.length });
  if (members === null || !open.has(place.path)) return;
  for (const [name, value] of members) {
    walk({ path: `${place.path}/${name}`, depth: place.depth + 1, name, value }, open, rows);
  }
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] | null {
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value);
}

/** Paths that must be open so that every key and value with `words` in it is seen; at most `max`. */
export function pathsTo(root: unknown, words: string, max: number): ReadonlySet<string> {
  const wanted = words.toLowerCase();
  const open = new Set<string>();
  let left = max;
  const visit = (path: string, value: unknown, above: readonly string[]): void => {
    for (const [name, member] of membersOf(value) ?? []) {
      if (left <= 0) return;
      const here = [...above, path];
      if (hasWords(name, member, wanted)) {
        left -= 1;
        for (const parent of here) open.add(parent);
      }
      visit(`${path}/${name}`, member, here);
    }
  };
  visit('$', root, []);
  return open;
}

/** In the key, or in a value that has no members; `wanted` in lower case. */
export function hasWords(name: string | null, value: unknown, wanted: string): boolean {
  const isLeaf = typeof value !== 'object' || value === null;
  const text = isLeaf ? `${name ?? ''}\n${String(value)}` : (name ?? '');
  return text.toLowerCase().includes(wanted);
}
