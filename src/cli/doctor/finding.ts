/**
 * What a check says. A finding names one thing that is wrong, where it is, and the command that mends
 * it, to be run as it stands in the shell that doctor was run in.
 */
export interface Finding {
  /** Kebab case; names it for `doctor --fix <id>`, and in JSON. */
  readonly id: string;
  /** error: something does not work, or is not as promised. warning: it works, but not for everything. */
  readonly severity: 'error' | 'warning';
  /** A sentence without a full stop; may hold foreign text, so whoever prints it makes it safe. */
  readonly what: string;
  /** A file (with line), a variable or an address; null when `what` says it. */
  readonly where: string | null;
  /** null when only a person can do it. */
  readonly mend: string | null;
  readonly fix: Fix | null;
}

/** How doctor itself mends it. */
export interface Fix {
  /** false: changes something that a person may have wanted so; only done when it is named. */
  readonly isSafe: boolean;
  readonly run: () => void | Promise<void>;
}

export interface Report {
  /** What was looked at and how it is, in a few words. */
  readonly summary: string;
  readonly findings: readonly Finding[];
}

type Given = Pick<Finding, 'id' | 'what'> & Partial<Finding>;

export function error(given: Given): Finding {
  return { severity: 'error', where: null, mend: null, fix: null, ...given };
}

export function warning(given: Given): Finding {
  return { severity: 'warning', where: null, mend: null, fix: null, ...given };
}
