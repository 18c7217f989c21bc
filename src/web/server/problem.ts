/** Errors as RFC 9457 problem details. */
import type { Problem } from '../api-types.ts';

export class ProblemError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ProblemError';
    this.status = status;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unknown caller',
  403: 'Refused',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  500: 'Failed',
  503: 'Not available',
};

export function problemText(status: number, detail: string): string {
  const title = TITLES[status] ?? 'Error';
  const problem: Problem = { type: 'about:blank', title, status, detail };
  return `${JSON.stringify(problem)}\n`;
}

export function problemResponse(status: number, detail: string): Response {
  return new Response(problemText(status, detail), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
