/** Redacts request targets and form bodies, where values stand percent-encoded. */
import { addRedactions, type Redactions } from '../core/redactions.ts';
import type { RedactedText, Redactor } from './redactor.ts';

const DELIMITER = /([/?&=#;])/;

/** A path, a query, or `a=b&c=d`; unchanged pieces stay byte for byte. */
export function redactQuery(target: string, redactor: Redactor): RedactedText {
  const plain = redactor.redact(target);
  let redactions: Redactions = plain.redactions;
  let key = '';
  // Delimiters stand at the odd places.
  const pieces = plain.text.split(DELIMITER).map((piece, index, all) => {
    if (index % 2 === 1) return piece;
    const value = decoded(piece);
    const result = redactor.redactValue(value, all[index - 1] === '=' ? key : '');
    key = value;
    if (result.text === value) return piece;
    redactions = addRedactions(redactions, result.redactions);
    return result.text.replaceAll(/[\s&#]/g, encodeURIComponent);
  });
  return { text: pieces.join(''), redactions };
}

/** Percent-decoded, + as a blank; a broken escape leaves the text as it is. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
