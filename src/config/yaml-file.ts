/**
 * Reads a YAML file into plain values and remembers where each key stands, so that every problem
 * can be shown with its line. Knows nothing of what the keys mean.
 */
import { readFileSync, statSync } from 'node:fs';
import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import type { Diagnostic, Source } from './diagnostics.ts';
import { isValues, type Values } from './values.ts';

/** No configuration is longer; a wrong path to a huge file must not fill the memory. */
const MAX_BYTES = 1024 * 1024;

export interface YamlFile {
  readonly values: Values;
  readonly diagnostics: readonly Diagnostic[];
  /** Where a path stands: its key, or its deepest ancestor that is in the file. */
  readonly locate: (path: readonly string[]) => Source;
}

/** Throws what the file system throws when the file cannot be read. */
export function readYamlFile(file: string): YamlFile {
  if (statSync(file).size > MAX_BYTES) throw new Error('larger than 1 MB');
  return parseYaml(file, readFileSync(file, 'utf8'));
}

/** `file` only names the text in diagnostics. */
function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const sourceAt = (offset: number | null): Source => {
    if (offset === null) return { kind: 'file', file, line: null, column: null };
    const { line, col } = lines.linePos(offset);
    return { kind: 'file', file, line, column: col };
  };
  const problem = (offset: number | null, message: string): Diagnostic => ({
    severity: 'error',
    source: sourceAt(offset),
    key: '',
    message,
  });
  const locate = (path: readonly string[]): Source => sourceAt(offsetOf(document.contents, path));

  if (document.errors.length > 0) {
    const diagnostics = document.errors.map(({ pos, message }) => problem(pos[0], message));
    return { values: {}, diagnostics, locate };
  }
  const values = plainValues(document);
  if (isValues(values)) return { values, diagnostics: [], locate };
  const message =
    values === null
      ? 'too many aliases, or one that stands inside of what it names'
      : 'expected keys and values';
  return { values: {}, diagnostics: [problem(0, message)], locate };
}

/** An empty file has no values; null when aliases multiply beyond reason, or never end. */
function plainValues(document: Document): unknown {
  try {
    const values: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
    return containsItself(values, []) ? null : values;
  } catch {
    return null;
  }
}

function containsItself(value: unknown, above: readonly object[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (above.includes(value)) return true;
  return Object.values(value).some((item) => containsItself(item, [...above, value]));
}

function offsetOf(root: Node | null, path: readonly string[]): number | null {
  let node: unknown = root;
  let offset: number | null = null;
  for (const name of path) {
    const child = childOf(node, name);
    if (child === null) break;
    offset = child.offset ?? offset;
    node = child.node;
  }
  return offset;
}

function childOf(node: unknown, name: string): { node: unknown; offset: number | null } | null {
  if (isSeq(node)) {
    const item = node.items[Number(name)];
    return item === undefined ? null : { node: item, offset: startOf(item) };
  }
  if (!isMap(node)) return null;
  const pair = node.items.find((item) => isPair(item) && nameOf(item.key) === name);
  return pair === undefined ? null : { node: pair.value, offset: startOf(pair.key) };
}

function nameOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function startOf(node: unknown): number | null {
  const range = isScalar(node) || isMap(node) || isSeq(node) ? node.range : null;
  return range?.[0] ?? null;
}
