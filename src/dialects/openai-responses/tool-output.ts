/**
 * What a client sends back as the result of a tool, and whether the tool failed. Codex says so only
 * by its process exit code, in one of three shapes (seen on the wire from 0.169, and in its source):
 *   {"output":"…","metadata":{"exit_code":1,…}}
 *   Exit code: 1 / Wall time: … / Output: / …
 *   Chunk ID: … / Wall time: … / Process exited with code 1 / … / Output: / …
 * Only the header before the `Output:` line is read: what a command printed is never a verdict.
 */
import { field, jsonText, label, parseJson, recordField, textField } from '../json.ts';
import { joinLines } from '../parts.ts';

/** An output as text: a string, a list of content pieces, or (old shapes) an object. */
export function outputText(output: unknown): string {
  if (typeof output === 'string') return output;
  if (Array.isArray(output)) return joinLines(output.map(pieceText));
  if (output === undefined || output === null) return '';
  return textField(output, 'content') || pieceText(output);
}

/** Pieces without words; their data (an image as base64) is no text. */
const WORDLESS = /(?:image|file|audio|screenshot)$/;

function pieceText(piece: unknown): string {
  if (typeof piece === 'string') return piece;
  const type = textField(piece, 'type');
  if (WORDLESS.test(type)) {
    return `[${label(type.replace(/^input_/, ''), textField(piece, 'filename'))}]`;
  }
  const shell = [textField(piece, 'stdout'), textField(piece, 'stderr')];
  return textField(piece, 'text') || joinLines(shell) || jsonText(piece);
}

/** true, false, or null where no explicit exit code is given. */
export function outputIsError(output: unknown): boolean | null {
  const outcomes = Array.isArray(output) ? output.map(shellOutcome) : [];
  if (outcomes.some((outcome) => outcome !== null)) return outcomes.includes(true);
  const text = outputText(output);
  const code = exitCodeInJson(text) ?? exitCodeInHeader(text);
  return code === null ? null : code !== 0;
}

/** An element of `shell_call_output.output`: `{stdout, stderr, outcome: {type: exit | timeout}}`. */
function shellOutcome(piece: unknown): boolean | null {
  const outcome = field(piece, 'outcome');
  if (textField(outcome, 'type') === 'timeout') return true;
  const code = field(outcome, 'exit_code');
  return typeof code === 'number' ? code !== 0 : null;
}

function exitCodeInJson(text: string): number | null {
  if (!text.startsWith('{')) return null;
  const code = field(recordField(parseJson(text), 'metadata'), 'exit_code');
  return typeof code === 'number' ? code : null;
}

/** Longer than any header Codex writes: five short lines. */
const MAX_HEADER_CHARS = 1024;
const HEADER_START = /^(?:Chunk ID: |Wall time: |Exit code: |Process exited with code )/;
const EXIT_LINE = /^(?:Exit code: |Process exited with code )(-?\d{1,10})$/;

function exitCodeInHeader(text: string): number | null {
  if (!HEADER_START.test(text)) return null;
  const lines = text.slice(0, MAX_HEADER_CHARS).split('\n');
  const end = lines.indexOf('Output:');
  const found = lines.slice(0, Math.max(end, 0)).map((line) => EXIT_LINE.exec(line)?.[1]);
  const code = found.find((digits) => digits !== undefined);
  return code === undefined ? null : Number(code);
}

/** `apply_patch_call_output` has no exit code but a closed status. */
export function statusIsError(item: unknown): boolean | null {
  const status = textField(item, 'status');
  if (status === 'failed') return true;
  return status === 'completed' ? false : null;
}
