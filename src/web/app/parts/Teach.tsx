/** What a page says while nothing was recorded: what to do, and what will appear. */
import type { ReactNode } from 'react';
import { useOverview } from '../api/queries.ts';

export function Teach(): ReactNode {
  const url = useOverview().data?.facts.url ?? 'http://127.0.0.1:8081';
  return (
    <section className="teach" aria-label="First steps">
      <h2>Nothing has been recorded yet</h2>
      <p>Point a client at LunaRoute, in a terminal:</p>
      <pre tabIndex={0}>
        <code>{'eval "$(lunaroute env)"\nclaude'}</code>
      </pre>
      <p>or by hand:</p>
      <pre tabIndex={0}>
        <code>{`ANTHROPIC_BASE_URL=${url} claude\ncodex -c openai_base_url=${url}/v1`}</code>
      </pre>
      <p>
        Every request then appears here as it happens: its model, tokens, cost, time to the first
        token and tools.
      </p>
    </section>
  );
}
