/** Reading of raw headers: a flat name, value list in wire order, any case, duplicates kept. */

/** All values of a header in wire order; `name` in lower case. */
export function headerValues(headers: readonly string[], name: string): readonly string[] {
  return headers.filter(
    (_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name,
  );
}

/** The first value of a header, or null. */
export function headerValue(headers: readonly string[], name: string): string | null {
  return headerValues(headers, name)[0] ?? null;
}
