/**
 * One line for each exchange that has ended (`--log-requests`), and more at the log levels debug and
 * trace. A subscriber of the event stream; keeps only what the line of a running exchange needs.
 */
import { assertNever } from '../../core/assert.ts';
import { formatCost } from '../../core/cost.ts';
import type { FlowEvent } from '../../core/events.ts';
import type { ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';
import { formatClock, formatCount, formatDuration } from '../../core/format.ts';
import { safeLine, truncate } from '../../core/text.ts';
import type { Log } from '../log.ts';
import type { Style } from '../print.ts';

const MAX_RUNNING = 5000;
const SHORT_ID = 8;
const MAX_PATH = 60;

export class RequestLog {
  readonly #requests = new Map<string, ExchangeRequest>();
  readonly #log: Log;
  readonly #onLine: (request: ExchangeRequest, end: ExchangeEnd) => void;

  constructor(log: Log, onLine: (request: ExchangeRequest, end: ExchangeEnd) => void) {
    this.#log = log;
    this.#onLine = onLine;
  }

  readonly take = (event: FlowEvent): void => {
    switch (event.type) {
      case 'exchange.started':
        this.#start(event.exchange);
        break;
      case 'response.started':
        this.#log.write(
          'trace',
          `${event.exchangeId} answered ${event.status} after ${formatDuration(event.firstByteMs)}`,
        );
        break;
      case 'exchange.ended':
        this.#end(event.end);
        break;
      case 'response.progress':
      case 'recorder.status':
        break;
      default:
        assertNever(event);
    }
  };

  #start(request: ExchangeRequest): void {
    const [oldest] = this.#requests.keys();
    if (this.#requests.size >= MAX_RUNNING && oldest !== undefined) this.#requests.delete(oldest);
    this.#requests.set(request.id, request);
    this.#log.write(
      'debug',
      `${request.id} ${request.method} ${request.target} to ${request.provider}`,
    );
  }

  #end(end: ExchangeEnd): void {
    const request = this.#requests.get(end.id);
    this.#requests.delete(end.id);
    if (request !== undefined) this.#onLine(request, end);
  }
}

/** Time, client, session, method and path, model, status, outcome, tokens, cost, duration. */
export function requestLine(request: ExchangeRequest, end: ExchangeEnd, style: Style): string {
  const isGood = end.outcome === 'completed';
  const outcome = safeLine(outcomeText(end));
  return [
    style.dim(formatClock(end.endedAt)),
    request.client,
    safeLine(request.sessionId.slice(0, SHORT_ID)),
    safeLine(`${request.method} ${truncate(request.target, MAX_PATH)}`),
    safeLine(end.modelUsed ?? request.model ?? '-'),
    end.status ?? '-',
    isGood ? style.good(outcome) : style.bad(outcome),
    tokenText(end),
    ...(end.usage === null ? [] : [formatCost(end.cost)]),
    formatDuration(end.timing.ended),
  ].join('  ');
}

function tokenText({ usage }: ExchangeEnd): string {
  if (usage === null) return 'tokens unknown';
  return `${formatCount(usage.input)} in ${formatCount(usage.output)} out`;
}

function outcomeText({ outcome, errorCode }: ExchangeEnd): string {
  return errorCode === null ? outcome : `${outcome} (${truncate(errorCode, 40)})`;
}
