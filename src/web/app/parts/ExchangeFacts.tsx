/** The tabs of an exchange that are facts rather than conversation: headers, timing, what changed. */
import { type ReactNode, useMemo } from 'react';
import { latencyOf } from '../../../core/latency.ts';
import type { ExchangeDetail } from '../../../core/ports.ts';
import { useDiff } from '../api/queries.ts';
import { shownLine } from '../text/foreign.ts';
import { fineTime, MISSING, plural } from '../text/numbers.ts';
import { exchangePath } from '../text/route.ts';
import { joinTools } from '../text/tools.ts';
import { Link } from './Link.tsx';
import { MessageParts, type PartsView } from './MessageParts.tsx';
import { Table } from './Table.tsx';
import { Waiting } from './Waiting.tsx';

export function HeadersTab({ detail }: { readonly detail: ExchangeDetail }): ReactNode {
  const status = detail.end?.status ?? null;
  return (
    <>
      <Headers title={`Request: ${detail.method} ${detail.target}`} flat={detail.requestHeaders} />
      <Headers
        title={`Response: ${status === null ? 'none yet' : `status ${status}`}`}
        flat={detail.responseHeaders}
      />
    </>
  );
}

function Headers(props: { readonly title: string; readonly flat: readonly string[] }): ReactNode {
  const rows: [string, string][] = [];
  for (let index = 0; index < props.flat.length; index += 2) {
    rows.push([props.flat[index] ?? '', props.flat[index + 1] ?? '']);
  }
  return (
    <section className="card headers">
      <h2 className="mono">{shownLine(props.title, 2000)}</h2>
      {rows.length === 0 ? <p className="dim">none</p> : null}
      <dl>
        {rows.map(([name, value], index) => (
          // The same name may come several times; the order is the wire's.
          <div key={index}>
            <dt>{shownLine(name, 200)}</dt>
            <dd>{shownLine(value, 4000)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function TimingTab({ detail }: { readonly detail: ExchangeDetail }): ReactNode {
  const { end } = detail;
  if (end === null) return <p className="dim">still running: times are known at its end</p>;
  const { timing } = end;
  const total = timing.ended ?? 0;
  const connectStart =
    timing.connect === null || timing.sent === null ? null : timing.sent - timing.connect;
  const phases: readonly (readonly [string, number | null, number | null])[] = [
    ['upload', 0, timing.received],
    ['queue', timing.received, connectStart ?? timing.sent],
    ['connect', connectStart, timing.connect === null ? null : timing.sent],
    ['first byte', timing.sent, timing.firstByte],
    ['first token', timing.firstByte, timing.firstToken],
    ['stream', timing.firstToken ?? timing.firstByte, timing.ended],
  ];
  return (
    <>
      <section className="card phases" aria-label="Timing">
        <h2>Where the time went</h2>
        {phases.map(([name, from, to]) => (
          <Phase key={name} name={name} from={from} to={to} total={total} />
        ))}
      </section>
      <Table
        title="Measured"
        columns={['what', 'value']}
        rows={measured(detail).map(([name, value]) => ({ key: name, cells: [name, value] }))}
        empty=""
      />
    </>
  );
}

function measured({ end }: ExchangeDetail): readonly (readonly [string, string])[] {
  if (end === null) return [];
  const { tokensPerSecond, total, overhead, gaps } = latencyOf(end.timing, end.usage);
  return [
    ['total', fineTime(total)],
    ['added by LunaRoute', fineTime(overhead)],
    ['output tokens per second', tokensPerSecond === null ? MISSING : tokensPerSecond.toFixed(1)],
    [
      'between pieces: p50, p95, p99',
      gaps === null ? MISSING : [gaps.p50, gaps.p95, gaps.p99].map(fineTime).join(', '),
    ],
  ];
}

interface PhaseProps {
  readonly name: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly total: number;
}

function Phase({ name, from, to, total }: PhaseProps): ReactNode {
  const isKnown = from !== null && to !== null;
  const why = name === 'connect' ? 'reused' : 'not measured';
  const share = (ms: number): string => `${total === 0 ? 0 : (Math.max(0, ms) / total) * 100}%`;
  return (
    <div className="phase">
      <span>{name}</span>
      <span className="bars" aria-hidden="true">
        {isKnown ? (
          <span className="bar is-model" style={{ left: share(from), width: share(to - from) }} />
        ) : null}
      </span>
      <span className={isKnown ? 'num' : 'num dim'}>
        {isKnown ? fineTime(Math.max(0, to - from)) : why}
      </span>
    </div>
  );
}

export function ChangesTab({ detail }: { readonly detail: ExchangeDetail }): ReactNode {
  const diff = useDiff(detail.id);
  const view = useMemo(() => apart(detail), [detail]);
  if (diff.data === undefined) return <Waiting asked={diff} />;
  const { previousId, same, removed, added, facts } = diff.data;
  if (previousId === null) return <p className="dim">the first request of its session</p>;
  return (
    <>
      <p>
        Against the session's <Link to={exchangePath(previousId)}>previous request</Link>:{' '}
        {plural(same, 'message')} as before, {removed.length} gone, {added.length} new.
      </p>
      {facts.length === 0 ? null : (
        <Table
          title="Changed"
          columns={['what', 'before', 'now']}
          rows={facts.map(({ name, before, now }) => ({
            key: name,
            cells: [name, shownLine(before ?? 'none'), shownLine(now ?? 'none')],
          }))}
          empty=""
        />
      )}
      <div className="conversation">
        {[...removed.map(asGone), ...added.map(asNew)].map(({ sign, message }, index) => (
          // Messages have no names of their own; the list never changes.
          <section key={index} className={`said is-${sign}`} aria-label={`${sign} ${message.role}`}>
            <h2 className="role">
              {sign === 'gone' ? '−' : '+'} {message.role}
            </h2>
            <MessageParts parts={message.parts} view={view} pictures={NONE} />
          </section>
        ))}
      </div>
    </>
  );
}

/** Calls and results stand where they came: what changed is told message by message. */
function apart({ messages, answer }: ExchangeDetail): PartsView {
  const { names } = joinTools(messages, answer);
  const tools = { names, resultOf: new Map(), joined: new Set<never>() };
  return { tools, outcomes: new Map(), isThinkingOpen: false };
}

const NONE: readonly string[] = [];

type DiffMessage = ExchangeDetail['messages'][number];

function asGone(message: DiffMessage) {
  return { sign: 'gone', message } as const;
}

function asNew(message: DiffMessage) {
  return { sign: 'new', message } as const;
}
