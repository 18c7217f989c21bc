/** One session: its numbers, and its exchanges as a waterfall, by tokens, cache and tools. */
import type { ReactNode } from 'react';
import { formatDuration, formatTime } from '../../../core/format.ts';
import type { SessionSummary } from '../../../core/ports.ts';
import { useSession, useSessionExchanges } from '../api/queries.ts';
import { SessionActions } from '../parts/SessionActions.tsx';
import { CacheTab, TokensTab, ToolsTab } from '../parts/SessionTabs.tsx';
import { type Tab, TabPanel, Tabs, useTab } from '../parts/Tabs.tsx';
import { Tiles } from '../parts/Tiles.tsx';
import { Timeline } from '../parts/Timeline.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { shownLine } from '../text/foreign.ts';
import { cacheShare, costSumText, count, percent } from '../text/numbers.ts';
import { useTitle } from '../title.ts';

type TabName = 'timeline' | 'tokens' | 'cache' | 'tools';
const TABS: readonly Tab<TabName>[] = [
  { name: 'timeline', text: 'Timeline' },
  { name: 'tokens', text: 'Tokens' },
  { name: 'cache', text: 'Cache' },
  { name: 'tools', text: 'Tools' },
];

export function Session({ id }: { readonly id: string }): ReactNode {
  const session = useSession(id);
  useTitle(session.data?.title ?? id);
  const tab = useTab(TABS, 'timeline');
  if (session.data === undefined) return <Waiting asked={session} />;
  return (
    <div className={tab === 'timeline' ? 'page page-full' : 'page'}>
      <Head session={session.data} />
      <Tabs label="Session" tabs={TABS} current={tab} />
      <TabPanel name={tab}>
        <Body id={id} tab={tab} />
      </TabPanel>
    </div>
  );
}

function Body({ id, tab }: { readonly id: string; readonly tab: TabName }): ReactNode {
  const exchanges = useSessionExchanges(id);
  if (tab === 'cache') return <CacheTab id={id} />;
  if (tab === 'tools') return <ToolsTab id={id} />;
  if (exchanges.data === undefined) return <Waiting asked={exchanges} />;
  if (tab === 'tokens') return <TokensTab lines={exchanges.data} />;
  return (
    <Timeline
      sessionId={id}
      lines={exchanges.data}
      hasMore={exchanges.hasNextPage}
      isLoading={exchanges.isFetchingNextPage}
      loadMore={exchanges.fetchNextPage}
    />
  );
}

function Head({ session }: { readonly session: SessionSummary }): ReactNode {
  const { usage, errors } = session;
  const facts = [
    session.client,
    session.modelUsed ?? 'model unknown',
    session.provider,
    formatTime(session.startedAt),
    formatDuration(session.lastActivityAt - session.startedAt),
    ...(session.project === null ? [] : [session.project]),
  ];
  return (
    <>
      <header className="page-head">
        <div className="page-title">
          <h1 className="cut">{shownLine(session.title ?? '(no prompt)')}</h1>
          <p className="dim facts">{shownLine(facts.join(', '), 400)}</p>
          <p className="dim facts mono">{shownLine(session.sessionId)}</p>
        </div>
        <SessionActions session={session} />
      </header>
      <Tiles
        tiles={[
          {
            name: 'Tokens in',
            value: count(usage?.input),
            note: usage === null ? undefined : `cache read ${percent(cacheShare(usage))}`,
          },
          {
            name: 'Tokens out',
            value: count(usage?.output),
            note: usage === null ? undefined : `thinking ${count(usage.reasoning)}`,
          },
          { name: 'Cost', value: costSumText(session.cost) },
          {
            name: 'Requests',
            value: count(session.requests),
            note:
              session.unknownUsage > 0 ? `${count(session.unknownUsage)} without usage` : undefined,
          },
          { name: 'Tool calls', value: count(session.toolCalls) },
          { name: 'Errors', value: count(errors), look: errors > 0 ? 'bad' : undefined },
        ]}
      />
    </>
  );
}
