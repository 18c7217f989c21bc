/**
 * What is going on now: running exchanges, sessions of this run and their sums, the recorder's
 * health. A pure reducer over the event stream; the shutdown summary, and later the screens, read
 * only this. Everything in it is bounded; what leaves at a bound stays in the total.
 */
import { assertNever } from './assert.ts';
import { ttlOf } from './cache-explain.ts';
import type { FlowEvent, RecorderStatus } from './events.ts';
import { type ExchangeEnd, type ExchangeRequest, OTHER_SESSION } from './exchange.ts';
import type { Stats } from './ports.ts';
import { addLimits, addToReport, emptyReport, type RunReport } from './run-report.ts';
import { addEnd, addToolResult, emptyStats } from './stats.ts';
import type { Usage } from './usage.ts';

export interface LiveExchange {
  readonly request: ExchangeRequest;
  /** null until the response has started. */
  readonly status: number | null;
  readonly firstByteMs: number | null;
  readonly bytes: number;
  /** What has arrived of the answer, its last MAX_ANSWER characters at most. */
  readonly answer: readonly LivePart[];
  readonly usage: Usage | null;
}

export interface LivePart {
  readonly kind: 'text' | 'thinking' | 'tool-call';
  readonly text: string;
}

interface PendingCall {
  readonly name: string;
  /** Wall clock of the end of the response that asked for it. */
  readonly askedAt: number;
}

interface LiveSession {
  readonly sessionId: string;
  readonly lastActivityAt: number;
  readonly stats: Stats;
  /** Epoch milliseconds: when the prompt cache goes cold unless it is used; null: nothing cached. */
  readonly cacheColdAt: number | null;
  /** Tool calls whose result has not come back, by id. */
  readonly pendingCalls: ReadonlyMap<string, PendingCall>;
}

export interface LiveState {
  readonly seq: number;
  readonly total: Stats;
  /** Least recently active first. */
  readonly sessions: ReadonlyMap<string, LiveSession>;
  readonly running: ReadonlyMap<string, LiveExchange>;
  readonly recorder: RecorderStatus | null;
  readonly report: RunReport;
}

const MAX_SESSIONS = 200;
const MAX_RUNNING = 2000;
const MAX_PENDING_CALLS = 200;
/** Characters of a running answer: more than a screen shows; the whole of it is in the history. */
const MAX_ANSWER = 65_536;
/** A page that asks for more tools at once is not readable anyway. */
const MAX_ANSWER_PARTS = 100;

export function emptyLiveState(): LiveState {
  return {
    seq: 0,
    total: emptyStats(null),
    sessions: new Map(),
    running: new Map(),
    recorder: null,
    report: emptyReport(),
  };
}

export function reduceLiveState(state: LiveState, event: FlowEvent): LiveState {
  const next = { ...state, seq: event.seq };
  switch (event.type) {
    case 'exchange.started':
      return onStarted(next, event.exchange);
    case 'response.started': {
      const { status, firstByteMs } = event;
      return changeRunning(next, event.exchangeId, (live) => ({ ...live, status, firstByteMs }));
    }
    case 'response.progress':
      return changeRunning(next, event.exchangeId, (live) => ({
        ...live,
        bytes: event.bytes,
        answer: withText(live.answer, { kind: event.kind, text: event.text }),
        usage: event.usage ?? live.usage,
      }));
    case 'exchange.ended':
      return onEnded(next, event.end);
    case 'recorder.status':
      return { ...next, recorder: event.status };
    default:
      return assertNever(event);
  }
}

function onStarted(state: LiveState, request: ExchangeRequest): LiveState {
  const live = { request, status: null, firstByteMs: null, bytes: 0, answer: [], usage: null };
  const running = withEntry(state.running, request.id, live, MAX_RUNNING);
  const started = { ...state, running };
  if (request.sessionId === OTHER_SESSION) return started;
  const known = state.sessions.get(request.sessionId);
  const session = known ?? {
    sessionId: request.sessionId,
    lastActivityAt: request.startedAt,
    stats: { ...emptyStats(request.sessionId), sessions: 1 },
    cacheColdAt: null,
    pendingCalls: new Map(),
  };
  const total = known ? state.total : { ...state.total, sessions: state.total.sessions + 1 };
  return withToolResults({ ...started, total }, session, request);
}

/** Counts each result once: the history is re-sent whole with every request. */
function withToolResults(
  state: LiveState,
  session: LiveSession,
  request: ExchangeRequest,
): LiveState {
  const pendingCalls = new Map(session.pendingCalls);
  let { stats } = session;
  let { total } = state;
  for (const result of request.toolResults) {
    const call = pendingCalls.get(result.id);
    if (call === undefined) continue;
    pendingCalls.delete(result.id);
    // The wall clock may have been set back in between.
    const ms = Math.max(0, request.startedAt - call.askedAt);
    stats = addToolResult(stats, call.name, ms, result);
    total = addToolResult(total, call.name, ms, result);
  }
  const changed = { ...session, lastActivityAt: request.startedAt, stats, pendingCalls };
  return { ...state, total, sessions: withSession(state.sessions, changed) };
}

function onEnded(state: LiveState, end: ExchangeEnd): LiveState {
  const request = state.running.get(end.id)?.request ?? null;
  const running = new Map(state.running);
  running.delete(end.id);
  if (end.sessionId === OTHER_SESSION) {
    return { ...state, running, report: addLimits(state.report, end) };
  }
  const total = addEnd(state.total, request, end);
  const report = addToReport(state.report, request, end);
  const session = state.sessions.get(end.sessionId);
  if (session === undefined) return { ...state, running, total, report };
  const changed = {
    ...session,
    lastActivityAt: end.endedAt,
    stats: addEnd(session.stats, request, end),
    cacheColdAt: coldAt(end) ?? session.cacheColdAt,
    pendingCalls: withCalls(session.pendingCalls, end),
  };
  return { ...state, running, total, report, sessions: withSession(state.sessions, changed) };
}

/** Null when the exchange used no cache: it says nothing about the session's. */
function coldAt({ usage, endedAt }: ExchangeEnd): number | null {
  if (usage === null || usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h === 0)
    return null;
  return endedAt + ttlOf({ usage });
}

function withCalls(
  pending: ReadonlyMap<string, PendingCall>,
  end: ExchangeEnd,
): ReadonlyMap<string, PendingCall> {
  return end.toolCalls.reduce<ReadonlyMap<string, PendingCall>>(
    (calls, { id, name }) =>
      withEntry(calls, id, { name, askedAt: end.endedAt }, MAX_PENDING_CALLS),
    pending,
  );
}

/** Text of one kind grows its part; beyond the bound the oldest text leaves. */
function withText(answer: readonly LivePart[], { kind, text }: LivePart): readonly LivePart[] {
  const last = answer.at(-1);
  const isSame = last?.kind === kind;
  const grown = isSame ? last.text + text : text;
  const parts = [
    ...(isSame ? answer.slice(0, -1) : answer),
    { kind, text: grown.slice(-MAX_ANSWER) },
  ];
  let length = parts.reduce((sum, part) => sum + part.text.length, 0);
  while (parts.length > MAX_ANSWER_PARTS || (length > MAX_ANSWER && parts.length > 1)) {
    length -= parts.shift()?.text.length ?? 0;
  }
  return parts;
}

function withSession(
  sessions: ReadonlyMap<string, LiveSession>,
  session: LiveSession,
): ReadonlyMap<string, LiveSession> {
  return withEntry(sessions, session.sessionId, session, MAX_SESSIONS);
}

/** A copy with the entry as its newest; the oldest leaves at the bound. */
function withEntry<V>(
  map: ReadonlyMap<string, V>,
  key: string,
  value: V,
  max: number,
): ReadonlyMap<string, V> {
  const copy = new Map(map);
  copy.delete(key);
  copy.set(key, value);
  const [oldest] = copy.keys();
  if (copy.size > max && oldest !== undefined) copy.delete(oldest);
  return copy;
}

function changeRunning(
  state: LiveState,
  id: string,
  change: (live: LiveExchange) => LiveExchange,
): LiveState {
  const live = state.running.get(id);
  if (live === undefined) return state;
  return { ...state, running: new Map(state.running).set(id, change(live)) };
}
