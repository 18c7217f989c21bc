/**
 * The string values of a JSON text with their places and paths. For the small JSON of stream events;
 * bodies go through json.ts, which knows no paths and is faster. Never recurses.
 */
export interface Leaf {
  /** Of the literal, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly path: readonly (string | number)[];
  readonly value: string;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs;
const MAX_DEPTH = 64;

interface Level {
  readonly isArray: boolean;
  /** Key or index of the value that comes next. */
  at: string | number;
}

/** `json` must be valid. Values deeper than any event's are given with the path of their ancestors. */
export function jsonLeaves(json: string): Leaf[] {
  const leaves: Leaf[] = [];
  const levels: Level[] = [];
  let isKey = false;
  for (const { index: start, 0: token } of json.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token.startsWith('"')) {
      const value = String(JSON.parse(token));
      if (isKey && level !== undefined) level.at = value;
      else leaves.push({ start, end: start + token.length, path: pathOf(levels), value });
    } else {
      step(levels, token);
    }
    // A key comes after the brace, and after a comma inside an object.
    isKey = token === '{' || (token === ',' && level?.isArray === false);
  }
  return leaves;
}

function step(levels: Level[], sign: string): void {
  const level = levels.at(-1);
  if (sign === '{') levels.push({ isArray: false, at: '' });
  else if (sign === '[') levels.push({ isArray: true, at: 0 });
  else if (sign === '}' || sign === ']') levels.pop();
  else if (sign === ',' && level?.isArray) level.at = Number(level.at) + 1;
}

function pathOf(levels: readonly Level[]): (string | number)[] {
  return levels.slice(0, MAX_DEPTH).map(({ at }) => at);
}
