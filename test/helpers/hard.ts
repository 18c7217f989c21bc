// The hard tests (test/hard) prove promises over many cases; each group says how many there were.

/** One line a group: `hard: credentials: cases run 1350, requests answered 1200`. */
export function report(group: string, counts: Readonly<Record<string, number | string>>): void {
  const facts = Object.entries(counts).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`hard: ${group}: ${facts.join(', ')}\n`);
}
