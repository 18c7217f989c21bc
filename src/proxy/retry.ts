/**
 * When a failed attempt may be made again. Pure. A POST is delivered at most once, so all depends on
 * whether a byte can have reached the provider; a status is never a reason: clients retry by
 * themselves, and retries multiply.
 */
import type { FailureCode } from '../core/tap.ts';
import { isTransientConnectFailure } from './failures.ts';

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 1000;

export interface Attempt {
  readonly method: string;
  readonly code: FailureCode;
  /** The request's head was handed to a connection. */
  readonly wasSent: boolean;
  /** That connection had served before. */
  readonly wasReused: boolean;
  /** The provider had begun to answer. */
  readonly hasAnswered: boolean;
  /** Connect attempts that failed, this one included. */
  readonly connectFailures: number;
  readonly maxRetries: number;
  /** The stale-connection retry is unused, and the body (if any) is still at hand. */
  readonly canRepeat: boolean;
}

export type RetryDecision = 'give-up' | 'after-delay' | 'repeat-now';

export function retryDecision(attempt: Attempt): RetryDecision {
  if (!attempt.wasSent) {
    const mayRetry = attempt.connectFailures <= attempt.maxRetries;
    return mayRetry && isTransientConnectFailure(attempt.code) ? 'after-delay' : 'give-up';
  }
  const isIdempotent = attempt.method === 'GET' || attempt.method === 'HEAD';
  const diedIdle = attempt.wasReused && (attempt.code === 'reset' || attempt.code === 'closed');
  const mayRepeat = isIdempotent && diedIdle && !attempt.hasAnswered && attempt.canRepeat;
  return mayRepeat ? 'repeat-now' : 'give-up';
}

/** Milliseconds before attempt number `failures` + 1: doubled each time, half of it random (0 ≤ random < 1). */
export function retryDelayMs(failures: number, random: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
  return full * (0.5 + random / 2);
}
