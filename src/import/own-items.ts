/** An exchange of LunaRoute's own as the recorder's items. */
import type { BodyFacts, ExchangeRequest } from '../core/exchange.ts';
import { codecFor } from '../dialects/registry.ts';
import { contentCodings, decodeBody, parseJson } from '../store/recorder/content-coding.ts';
import type { SinkItem } from '../store/sink.ts';
import type { OwnExchange } from './turn.ts';

const NOTHING = new Uint8Array(0);

export function ownItems({ request, end, requestBody, responseBody }: OwnExchange): SinkItem[] {
  const decoded = requestBody === null ? null : decodedOf(request, requestBody);
  const json = decoded === null ? undefined : parseJson(decoded);
  const { dialect } = request;
  const view = dialect === null || json === undefined ? null : codecFor(dialect).parseRequest(json);
  const whole = { ...request, requestBody: factsOf(request.requestBody, requestBody) };
  const opened: SinkItem = {
    kind: 'request',
    request: whole,
    view,
    body: requestBody ?? NOTHING,
    decoded,
  };
  if (end === null) return [opened];
  const closed = { ...end, responseBody: factsOf(end.responseBody, responseBody) };
  return [opened, { kind: 'end', request: whole, end: closed, body: responseBody ?? NOTHING }];
}

/** A redacted body is stored decoded. */
function decodedOf({ requestBody, requestHeaders }: ExchangeRequest, bytes: Uint8Array) {
  const codings = requestBody.redacted === true ? [] : contentCodings(requestHeaders);
  return codings.length === 0 ? bytes : decodeBody(bytes, codings);
}

/** A body that is said to be there and is not was cut off. */
function factsOf(facts: BodyFacts, bytes: Uint8Array | null): BodyFacts {
  return bytes === null && facts.bytes > 0 ? { ...facts, truncated: true } : facts;
}
