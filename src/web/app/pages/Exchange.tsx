/** One exchange: what was said, the bytes, headers, timing, and what changed. A running answer grows. */
import { type ReactNode, useState } from 'react';
import { formatCost } from '../../../core/cost.ts';
import { formatCount, formatDuration, formatTime } from '../../../core/format.ts';
import type { LiveExchange } from '../../../core/live-state.ts';
import type { ExchangeDetail } from '../../../core/ports.ts';
import { apiUrl } from '../api/client.ts';
import { useExchange, useNeighbours } from '../api/queries.ts';
import { useKeys } from '../keys.ts';
import { useLive } from '../live/live-store.ts';
import { BodyTab } from '../parts/BodyTab.tsx';
import { Conversation } from '../parts/Conversation.tsx';
import { ChangesTab, HeadersTab, TimingTab } from '../parts/ExchangeFacts.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Link } from '../parts/Link.tsx';
import { Status } from '../parts/Status.tsx';
import { type Tab, TabPanel, Tabs, useTab } from '../parts/Tabs.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { go, useWords } from '../routes.ts';
import { shownLine } from '../text/foreign.ts';
import { exchangePath, sessionPath } from '../text/route.ts';
import { useTitle } from '../title.ts';

type TabName = 'conversation' | 'changes' | 'request' | 'response' | 'headers' | 'timing';
const TABS: readonly Tab<TabName>[] = [
  { name: 'conversation', text: 'Conversation' },
  { name: 'changes', text: 'Changes' },
  { name: 'request', text: 'Request' },
  { name: 'response', text: 'Response' },
  { name: 'headers', text: 'Headers' },
  { name: 'timing', text: 'Timing' },
];

export function Exchange({ id }: { readonly id: string }): ReactNode {
  const exchange = useExchange(id);
  useTitle(titleOf(exchange.data));
  const live = useLiveUntilStored(id, exchange.data?.end != null);
  const tab = useTab(TABS, 'conversation');
  const [, change] = useWords();
  const [isThinkingOpen, setThinking] = useState(false);
  useKeys({
    t: () => setThinking(!isThinkingOpen),
    d: () => change({ tab: tab === 'changes' ? null : 'changes' }),
  });
  if (exchange.data === undefined) return <Waiting asked={exchange} />;
  const detail = exchange.data;
  return (
    <div className="page">
      <Head detail={detail} live={live} />
      <Tabs label="Exchange" tabs={TABS} current={tab} />
      <TabPanel name={tab}>
        {tab === 'conversation' ? (
          <Conversation
            detail={detail}
            live={live?.answer ?? null}
            isThinkingOpen={isThinkingOpen}
          />
        ) : null}
        {tab === 'changes' ? <ChangesTab detail={detail} /> : null}
        {tab === 'request' ? <BodyTab key="request" detail={detail} side="request" /> : null}
        {tab === 'response' ? <BodyTab key="response" detail={detail} side="response" /> : null}
        {tab === 'headers' ? <HeadersTab detail={detail} /> : null}
        {tab === 'timing' ? <TimingTab detail={detail} /> : null}
      </TabPanel>
    </div>
  );
}

/** What has arrived, until the whole answer can be shown: it does not vanish in between. */
function useLiveUntilStored(id: string, isStored: boolean): LiveExchange | undefined {
  const running = useLive().state.running.get(id);
  const [last, setLast] = useState(running);
  if (running !== undefined && running !== last) setLast(running);
  return isStored ? undefined : (running ?? last);
}

function titleOf(detail: ExchangeDetail | undefined): string | null {
  if (detail === undefined) return null;
  return `${detail.end?.modelUsed ?? detail.model ?? detail.target}, ${formatTime(detail.startedAt)}`;
}

interface HeadProps {
  readonly detail: ExchangeDetail;
  readonly live: LiveExchange | undefined;
}

function Head({ detail, live }: HeadProps): ReactNode {
  const { end } = detail;
  const usage = end?.usage ?? live?.usage ?? null;
  const model = end?.modelUsed ?? detail.model ?? 'no model';
  const tokens =
    usage === null
      ? 'tokens unknown'
      : `in ${formatCount(usage.input)} (cached ${formatCount(usage.cacheRead)}), out ${formatCount(usage.output)}`;
  const sums =
    end === null
      ? []
      : [`cost ${formatCost(end.cost)}`, `took ${formatDuration(end.timing.ended)}`];
  return (
    <header className="page-head">
      <div className="page-title">
        <p className="crumbs">
          <Link to={sessionPath(detail.sessionId)}>session {shownLine(detail.sessionId, 40)}</Link>
        </p>
        <h1 className="cut">
          <Status
            line={{ outcome: end?.outcome ?? null, status: end?.status ?? null }}
            live={live}
          />{' '}
          {shownLine(model, 120)}
        </h1>
        <p className="dim facts">
          {[formatTime(detail.startedAt), detail.client, tokens, ...sums].join(', ')}
        </p>
        {end?.errorMessage ? (
          <p className="is-bad facts">
            {shownLine(`${end.errorCode ?? 'error'}: ${end.errorMessage}`, 2000)}
          </p>
        ) : null}
        {end?.isPartial === true ? (
          <p className="is-warn facts">the recorder did not see all of it</p>
        ) : null}
      </div>
      <div className="actions">
        <Neighbours detail={detail} />
        <a className="button" href={apiUrl('export', { exchange: detail.id })} download>
          <Icon name="export" /> Export
        </a>
      </div>
    </header>
  );
}

/** The session's exchanges before and after this one. */
function Neighbours({ detail }: { readonly detail: ExchangeDetail }): ReactNode {
  const { previous = null, next = null } = useNeighbours(detail.sessionId, detail.id).data ?? {};
  const visit = (id: string | null): void => {
    if (id !== null) go(exchangePath(id) + window.location.search, { replace: true });
  };
  useKeys({ '[': () => visit(previous), ']': () => visit(next) });
  return (
    <>
      <button type="button" disabled={previous === null} onClick={() => visit(previous)}>
        ← previous
      </button>
      <button type="button" disabled={next === null} onClick={() => visit(next)}>
        next →
      </button>
    </>
  );
}
