/**
 * The string values of a JSON text with their places and paths. For the small JSON of stream events;
 * bodies go through json.ts, which knows no paths and is faster. Never recurses.
 */
import { matchesOf } from './boundary.ts';

export interface Leaf {
  /** Of the literal, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly path: readonly (string | number)[];
  readonly value: string;
}

const TOKEN = /["{}[\]:,]/g;
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
  for (const match of matchesOf(TOKEN, json)) {
    const [token] = match;
    const level = levels.at(-1);
    if (token === '"') {
      const start = match.index;
      const end = endOfString(json, start);
      TOKEN.lastIndex = end;
      const value = String(JSON.parse(json.slice(start, end)));
      if (isKey && level !== undefined) level.at = value;
      else leaves.push({ start, end, path: pathOf(levels), value });
    } else {
      step(levels, token);
    }
    // A key comes after the brace, and after a comma inside an object.
    isKey = token === '{' || (token === ',' && level?.isArray === false);
  }
  return leaves;
}

/** By search, not by a regular expression: an image in an event is megabytes of one string. */
function endOfString(json: string, open: number): number {
  for (let close = json.indexOf('"', open + 1); close >= 0; close = json.indexOf('"', close + 1)) {
    let slashes = 0;
    while (json.charAt(close - 1 - slashes) === '\\') slashes += 1;
    if (slashes % 2 === 0) return close + 1;
  }
  return json.length;
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
