/** Something the user can mend: what is wrong, and what to do. Exit code 1, or 2 for wrong usage; no stack. */
export class UserError extends Error {
  readonly hint: string | null;
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { hint?: string; exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'UserError';
    this.hint = options.hint ?? null;
    this.exitCode = options.exitCode ?? 1;
  }
}
