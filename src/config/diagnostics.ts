/**
 * What is wrong with a configuration: collected, never thrown one by one, so that a person mends a
 * file in one pass. A diagnostic says where (file and line, variable, or flag), what, and what to do.
 */
import { UserError } from '../core/errors.ts';

/** Where a value came from. */
export type Source =
  | { readonly kind: 'default' }
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly line: number | null;
      readonly column: number | null;
    }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string };

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly source: Source;
  /** Dotted path of the key; empty when it is not about one key. */
  readonly key: string;
  readonly message: string;
  /** The name that was probably meant. */
  readonly suggestion?: string;
}

export function describeSource(source: Source): string {
  switch (source.kind) {
    case 'default':
      return 'default';
    case 'file':
      return source.line === null ? source.file : `${source.file}:${source.line}:${source.column}`;
    case 'environment':
      return source.variable;
    case 'flag':
      return source.flag;
  }
}

/** `config.yaml:3:5: error: bind.prot: …` */
export function describeDiagnostic({ severity, source, key, message }: Diagnostic): string {
  const where = source.kind === 'default' ? 'configuration' : describeSource(source);
  return `${where}: ${severity}: ${key === '' ? '' : `${key}: `}${message}`;
}

/** All errors as one UserError; wrong usage when only flags are wrong. */
export function configurationError(diagnostics: readonly Diagnostic[]): UserError {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`;
  return new UserError(
    [
      `the configuration has ${count}:`,
      ...errors.map((error) => `  ${describeDiagnostic(error)}`),
    ].join('\n'),
    {
      hint: 'mend them, then run `lunaroute config check`',
      exitCode: errors.every(({ source }) => source.kind === 'flag') ? 2 : 1,
    },
  );
}
