/**
 * The proxy's own two paths, for `lunaroute env`, `status` and monitoring. They are answered here,
 * never forwarded and never recorded.
 */
import { jsonAnswer, type OwnAnswer } from './own-answer.ts';

export interface HealthFacts {
  readonly version: string;
  readonly instanceId: string;
  readonly pid: number;
  /** What is wrong with recording; the proxy forwards all the same. */
  readonly degraded: readonly string[];
}

/** The answer for /healthz and /readyz, or null for every other target or method. */
export function healthAnswer(
  method: string | undefined,
  target: string,
  facts: HealthFacts,
): OwnAnswer | null {
  if (method !== 'GET' && method !== 'HEAD') return null;
  const identity = {
    name: 'lunaroute',
    version: facts.version,
    instance: facts.instanceId,
    pid: facts.pid,
  };
  if (target === '/healthz') return jsonAnswer(200, { status: 'ok', ...identity });
  if (target !== '/readyz') return null;
  const { degraded } = facts;
  return jsonAnswer(
    200,
    degraded.length === 0
      ? { status: 'ready', ...identity }
      : { status: 'degraded', reasons: degraded, ...identity },
  );
}
