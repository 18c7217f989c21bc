/** The live source inside the server's own process: the runtime's state and its event bus. */
import type { LiveSource, ServerFacts } from '../../core/live-source.ts';
import type { Runtime } from '../runtime.ts';

export function localSource(runtime: Runtime, facts: ServerFacts): LiveSource {
  return {
    facts,
    state: () => runtime.live(),
    subscribe: (listener) => runtime.bus.subscribe((event) => listener({ type: 'event', event })),
  };
}
