/**
 * What the API answers from, given by the composition root: this folder knows neither the store nor
 * the configuration.
 */
import type { Pricer } from '../../core/cost.ts';
import type { LiveSource } from '../../core/live-source.ts';
import type { History } from '../../core/ports.ts';
import type { ConfigView } from '../api-types.ts';

export interface Records {
  readonly source: () => LiveSource;
  /** null while nothing is recorded. */
  readonly history: () => History | null;
  readonly price: Pricer;
  readonly config: () => ConfigView;
  /** Takes a session out of both stores; rejects with what a person can do when it cannot. */
  readonly deleteSession: (sessionId: string) => Promise<void>;
  readonly setPinned: (sessionId: string, isPinned: boolean) => void;
}
