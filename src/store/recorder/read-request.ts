/**
 * Makes an ExchangeRequest out of a request's head and body: decoding, parsing, identity, masking.
 * Broken or unknown bodies give a plain exchange; the raw bytes are kept in every case. Header
 * values that are credentials never get into the result.
 */
import type { RequestView } from '../../core/conversation.ts';
import { type BodyFacts, type ExchangeRequest, OTHER_SESSION } from '../../core/exchange.ts';
import type { OpenRecord } from '../../core/tap.ts';
import { auxiliaryOf } from '../../dialects/auxiliary.ts';
import { clientOf } from '../../dialects/clients.ts';
import { headerValue } from '../../dialects/headers.ts';
import { promptPreview } from '../../dialects/preview.ts';
import { projectOf } from '../../dialects/project.ts';
import { codecFor } from '../../dialects/registry.ts';
import { sessionHints } from '../../dialects/sessions.ts';
import type { Cut } from '../segments/cut.ts';
import type { Cutter } from '../segments/cutter.ts';
import { contentCodings, decodeBody } from './content-coding.ts';
import { maskHeaders, maskTarget } from './mask.ts';
import type { SessionResolver } from './session-resolver.ts';
import { newToolResults } from './tool-results.ts';

/** A request body as far as it could be read. */
interface ReadBody {
  readonly facts: BodyFacts;
  /** Without content-encoding, cut and parsed; null when it could not be. */
  readonly cut: Cut | null;
}

/** What of a request is understood: everything an ExchangeRequest has besides the head's own facts. */
type Understanding = Pick<
  ExchangeRequest,
  | 'sessionId'
  | 'sessionSource'
  | 'client'
  | 'clientVersion'
  | 'auxiliary'
  | 'agentId'
  | 'parentId'
  | 'model'
  | 'stream'
  | 'previousResponseId'
  | 'promptPreview'
  | 'project'
  | 'messageCount'
  | 'toolResults'
>;

/** The body without content-encoding; null when it is not whole or cannot be decoded. Never throws. */
export function decodedBody(
  open: OpenRecord,
  bytes: Uint8Array,
  facts: BodyFacts,
): Uint8Array | null {
  return facts.truncated ? null : decodeBody(bytes, contentCodings(open.headers));
}

/** Cuts and parses. */
export function cutBody(open: OpenRecord, decoded: Uint8Array, cutter: Cutter): Cut {
  return cutter.cut(decoded, ownerOf(open));
}

/** Whose conversation it is, as far as the head says: the body that is like it is sought among its own. */
function ownerOf(open: OpenRecord): string {
  const hints = sessionHints({ headers: open.headers, body: undefined });
  const client = hints.id ?? `${open.clientAddress} ${headerValue(open.headers, 'user-agent')}`;
  return `${open.dialect} ${client} ${hints.agentId}`;
}

/** The body as its dialect understands it; null when it has none, or the body is no JSON. */
export function viewOf(open: OpenRecord, cut: Cut | null): RequestView | null {
  const json = cut?.json;
  return open.dialect === null || json === undefined
    ? null
    : codecFor(open.dialect).parseRequest(json);
}

export interface RequestParts {
  readonly open: OpenRecord;
  readonly body: ReadBody;
  readonly view: RequestView | null;
}

/** The whole ExchangeRequest. May throw on a defect of ours; plainRequest() is the way out then. */
export function readRequest(
  { open, body, view }: RequestParts,
  sessions: SessionResolver,
): ExchangeRequest {
  const client = clientOf(open.headers);
  const json = body.cut?.json;
  const hints = sessionHints({ headers: open.headers, body: json });
  const previousResponseId = view?.previousResponseId ?? hints.previousResponseId;
  const session = sessions.resolve({
    hint:
      hints.id === null || hints.source === null ? null : { id: hints.id, source: hints.source },
    previousResponseId,
    view,
    clientAddress: open.clientAddress,
    userAgent: client.userAgent,
    at: open.at,
  });
  const understanding: Understanding = {
    ...session,
    client: client.name,
    clientVersion: client.version,
    auxiliary: auxiliaryOf({ target: open.target, client: client.name, view, body: json }),
    agentId: hints.agentId,
    parentId: hints.parentId,
    model: view?.model ?? null,
    stream: view?.stream ?? false,
    previousResponseId,
    promptPreview: view === null ? null : promptPreview(view),
    project: view === null ? null : projectOf(view),
    messageCount: view?.messages.length ?? null,
    toolResults: view === null ? [] : newToolResults(view.messages),
  };
  return requestOf(open, body.facts, understanding);
}

/** The exchange without any understanding of its content: what stays true when reading it failed. */
export function plainRequest(open: OpenRecord, facts: BodyFacts): ExchangeRequest {
  return requestOf(open, facts, {
    sessionId: OTHER_SESSION,
    sessionSource: 'new',
    client: 'other',
    clientVersion: null,
    auxiliary: null,
    agentId: null,
    parentId: null,
    model: null,
    stream: false,
    previousResponseId: null,
    promptPreview: null,
    project: null,
    messageCount: null,
    toolResults: [],
  });
}

/** A WebSocket's messages outside of its turns: no part of the conversation, whatever its head says. */
export function strayRequest(open: OpenRecord, facts: BodyFacts): ExchangeRequest {
  const { name, version } = clientOf(open.headers);
  return { ...plainRequest(open, facts), client: name, clientVersion: version };
}

/** The head's facts, masked, joined with the understanding of the body. */
function requestOf(
  open: OpenRecord,
  requestBody: BodyFacts,
  understanding: Understanding,
): ExchangeRequest {
  return {
    id: open.id,
    startedAt: open.at,
    userAgent: headerValue(open.headers, 'user-agent'),
    provider: open.provider,
    dialect: open.dialect,
    transport: open.transport,
    method: open.method,
    target: maskTarget(open.target),
    upstream: maskTarget(open.upstream),
    requestHeaders: maskHeaders(open.headers),
    requestBody,
    ...understanding,
  };
}
