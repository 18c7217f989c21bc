/** The configuration, and which command takes each problem of it out of the way. */
import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../../../config/diagnostics.ts';
import type { LoadResult } from '../../../config/load.ts';
import type { Advice } from '../advice.ts';
import { error, type Finding, type Report, warning } from '../finding.ts';

export function configurationReport(result: LoadResult, advice: Advice): Report {
  const { file, diagnostics } = result;
  return {
    summary: file ?? 'no file, all values are the defaults',
    findings: diagnostics.map((diagnostic) => findingOf(diagnostic, advice)),
  };
}

function findingOf(diagnostic: Diagnostic, advice: Advice): Finding {
  const { severity, key, message, source } = diagnostic;
  const report = severity === 'error' ? error : warning;
  const what = key === '' ? message : `${key}: ${message}`;
  return report({
    id: severity === 'error' ? 'configuration' : 'unknown-variable',
    what,
    where: whereOf(source),
    mend: mendOf(diagnostic, advice),
  });
}

function whereOf(source: Diagnostic['source']): string | null {
  switch (source.kind) {
    case 'default':
      return null;
    case 'file':
      return source.line === null ? source.file : `${source.file}:${source.line}`;
    case 'environment':
      return source.variable;
    case 'flag':
      return source.flag;
  }
}

function mendOf(diagnostic: Diagnostic, advice: Advice): string | null {
  const { source, key } = diagnostic;
  if (source.kind === 'environment') return advice.variables({}, [source.variable]);
  if (source.kind !== 'file') return null;
  const file = advice.quote(source.file);
  if (source.line === null) return advice.variables({}, ['LUNAROUTE_CONFIG']);
  // Where the file is not even YAML, only a person can tell what was meant.
  if (key === '') return `\${EDITOR:-vi} +${source.line} ${file}`;
  return `sed -i.backup '${edit(diagnostic, source.file, source.line)}' ${file}`;
}

/** The key that was meant in the place of the mistyped one; else its lines become a comment. */
function edit({ key, suggestion }: Diagnostic, file: string, line: number): string {
  const name = key.split('.').at(-1) ?? '';
  const isPlain = /^\w+$/.test(name) && /^\w+$/.test(suggestion ?? '');
  if (isPlain) return `${line}s/${name}/${suggestion}/`;
  const lines = readFileSync(file, 'utf8').split('\n');
  const { first, last } = wholeBlock(lines, line - 1);
  return `${first + 1},${last + 1}s/^/# /`;
}

interface Block {
  /** Indexes of its first and its last line. */
  readonly first: number;
  readonly last: number;
}

/** The key's lines; a section that would be left without any goes with its last key. */
function wholeBlock(lines: readonly string[], first: number): Block {
  const block = { first, last: lastLine(lines, first) };
  const depth = indentOf(lines[first] ?? '');
  const parent = lines.findLastIndex(
    (line, index) => index < first && isContent(line) && indentOf(line) < depth,
  );
  if (parent === -1) return block;
  const siblings = lines
    .slice(parent + 1, lastLine(lines, parent) + 1)
    .filter((line, index) => isContent(line) && !isWithin(block, parent + 1 + index));
  return siblings.length === 0 ? wholeBlock(lines, parent) : block;
}

function isWithin({ first, last }: Block, index: number): boolean {
  return index >= first && index <= last;
}

/** What is indented more belongs to it. */
function lastLine(lines: readonly string[], first: number): number {
  const depth = indentOf(lines[first] ?? '');
  const rest = lines.slice(first + 1);
  const length = rest.findIndex((line) => isContent(line) && indentOf(line) <= depth);
  return first + (length === -1 ? rest.length : length);
}

function isContent(line: string): boolean {
  return /^\s*[^\s#]/.test(line);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
