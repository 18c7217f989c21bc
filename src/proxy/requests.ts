/**
 * What happens to a request before it is an exchange: the guard, the own paths, the route. A request
 * that is refused by routing is reported to the tap like any other; the guard's refusals are not.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Guard } from '../core/guard.ts';
import type { ProxyOptions } from '../core/options.ts';
import type { OpenRecord } from '../core/tap.ts';
import { uuidv7 } from '../core/uuid.ts';
import type { ClientUpgrade } from './client-upgrade.ts';
import { type Door, TOKEN_REQUIRED } from './door.ts';
import { Exchange } from './exchange.ts';
import { framingProblem } from './framing.ts';
import { type HeaderMap, hasBody, headerMap } from './headers.ts';
import { healthAnswer } from './health.ts';
import { type ErrorShape, type OwnAnswer, ownAnswer, sendAnswer } from './own-answer.ts';
import { pathFacts } from './paths.ts';
import { readRequestBody } from './request-body.ts';
import { LateListener, modelOf } from './request-model.ts';
import type { RouteDecision, Router } from './route.ts';
import type { ExchangeTap, TapWriter } from './tap-writer.ts';
import type { UpstreamPool } from './upstream-pool.ts';

export interface RequestContext {
  readonly options: ProxyOptions;
  readonly guard: Guard;
  readonly door: Door;
  readonly router: Router;
  /** By provider name. */
  readonly pools: ReadonlyMap<string, UpstreamPool>;
  readonly tap: TapWriter;
  /** The exchanges that run now. */
  readonly exchanges: Set<Exchange>;
  readonly onExchangeEnd: (exchange: Exchange) => void;
  readonly degraded: () => readonly string[];
  readonly isDraining: () => boolean;
}

interface Arrival {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** A WebSocket is asked for. */
  readonly upgrade: ClientUpgrade | null;
  readonly target: string;
  readonly headers: HeaderMap;
  /** When the head had arrived: monotonic and wall clock. */
  readonly t: number;
  readonly at: number;
}

type Forward = Extract<RouteDecision, { kind: 'forward' }>;
type Refusal = Extract<RouteDecision, { kind: 'refuse' }>;

export function handleRequest(
  context: RequestContext,
  req: IncomingMessage,
  res: ServerResponse,
  upgrade: ClientUpgrade | null,
): void {
  res.sendDate = false;
  if (context.isDraining()) res.shouldKeepAlive = false;
  // A write that loses the race against the client's leaving; the socket's 'close' says the same.
  res.on('error', () => undefined);
  const target = req.url ?? '';
  const sent = headerMap(req.rawHeaders);
  const refusal = context.guard(sent, req.socket.localAddress);
  if (refusal !== null) {
    sendAnswer(res, ownAnswer(refusal, shapeFor(target)));
    return;
  }
  const problem = framingProblem(req, sent);
  if (problem !== null) {
    res.shouldKeepAlive = false;
    sendAnswer(res, ownAnswer({ code: 'bad-request', message: problem }, shapeFor(target)));
    return;
  }
  const own = healthOf(context, req.method, target);
  if (own !== null) {
    sendAnswer(res, own);
    return;
  }
  const raw = context.door(req.rawHeaders, sent);
  if (raw === null) {
    sendAnswer(res, ownAnswer(TOKEN_REQUIRED, shapeFor(target)));
    return;
  }
  const headers = raw === req.rawHeaders ? sent : headerMap(raw);
  // In the request itself: nothing behind this can see, forward or record the token.
  req.rawHeaders = raw;
  route(context, { req, res, upgrade, target, headers, t: context.tap.now(), at: Date.now() });
}

function healthOf(
  { options, degraded }: RequestContext,
  method: string | undefined,
  target: string,
): OwnAnswer | null {
  return healthAnswer(method, target, {
    version: options.version,
    instanceId: options.instanceId,
    pid: process.pid,
    degraded: degraded(),
  });
}

/** The error shape of the API that a path belongs to, for answers that no provider stands behind. */
function shapeFor(target: string): ErrorShape {
  return pathFacts(target).owner === 'anthropic' ? 'anthropic' : 'openai';
}

function route(context: RequestContext, arrival: Arrival): void {
  const { req, headers, target } = arrival;
  const model = hasBody(headers) ? undefined : null;
  const decision = context.router({ target, headers, model, isUpgrade: arrival.upgrade !== null });
  const body = { headers, limit: context.options.maxBufferedBody };
  if (decision.kind === 'forward') {
    readRequestBody(req, body, startExchange(context, arrival, decision));
  } else if (decision.kind === 'refuse') {
    refuse(context, arrival, decision);
  } else {
    readRequestBody(req, body, routeByModel(context, arrival));
  }
}

function routeByModel(context: RequestContext, arrival: Arrival): LateListener {
  return new LateListener((payload) => {
    const { target, headers } = arrival;
    const decision = context.router({
      target,
      headers,
      model: modelOf(payload),
      isUpgrade: false,
    });
    if (decision.kind === 'forward') return startExchange(context, arrival, decision);
    if (decision.kind === 'refuse') refuse(context, arrival, decision);
    return null;
  });
}

function startExchange(context: RequestContext, arrival: Arrival, decision: Forward): Exchange {
  const { provider, dialect, target, login } = decision;
  const pool = context.pools.get(provider.name);
  if (pool === undefined) throw new Error(`no connections for provider ${provider.name}`);
  const tap = openTap(context, arrival, {
    provider: provider.name,
    dialect,
    upstream: provider.baseUrl,
  });
  const { req, res, upgrade, headers } = arrival;
  const exchange = new Exchange({
    req,
    res,
    upgrade,
    login,
    headers,
    pool,
    target,
    tap,
    now: () => context.tap.now(),
    onEnd: context.onExchangeEnd,
  });
  context.exchanges.add(exchange);
  exchange.begin();
  return exchange;
}

/** No provider, so none is named; the client's dialect decides how the error looks. */
function refuse(context: RequestContext, arrival: Arrival, error: Refusal): void {
  const { dialect } = pathFacts(arrival.target);
  const tap = openTap(context, arrival, { provider: 'none', dialect, upstream: '' });
  sendAnswer(arrival.res, ownAnswer(error, shapeFor(arrival.target)));
  tap.end({ kind: 'no-answer', code: error.code, message: error.message });
}

function openTap(
  context: RequestContext,
  { req, upgrade, target, t, at }: Arrival,
  route: Pick<OpenRecord, 'provider' | 'dialect' | 'upstream'>,
): ExchangeTap {
  return context.tap.open({
    kind: 'open',
    id: uuidv7(at),
    t,
    at,
    transport: upgrade === null ? 'http' : 'websocket',
    method: req.method ?? 'GET',
    target,
    headers: req.rawHeaders,
    clientAddress: req.socket.remoteAddress ?? '',
    ...route,
  });
}
