/** Something that lives beside a running server in the same process, such as the demo, and may end it. */
import type { RunningServer } from './running-server.ts';
import type { StopReason } from './shutdown.ts';

export interface Companion {
  /** Called when the server runs; what this resolves with ends the server. */
  begin(server: RunningServer): Promise<StopReason>;
  /** Called before the server stops, whatever the reason. */
  end(): Promise<void>;
}

/** The first reason to stop; after it the companion has ended. */
export async function reasonWith<Reason>(
  companion: Companion | null,
  server: RunningServer,
  reasons: readonly Promise<Reason | StopReason>[],
): Promise<Reason | StopReason> {
  if (companion === null) return await Promise.race(reasons);
  const reason = await Promise.race([...reasons, companion.begin(server)]);
  await companion.end();
  return reason;
}
