// What one session of an agent is: turns of prompts, answers, tool calls and their results, in the
// bytes that Claude Code (HTTP, the whole history with every request) and Codex (WebSocket, only what
// is new) really send and get, so that storing them costs what it costs in life.
import { createHash } from 'node:crypto';
import type { Part } from '../../src/core/conversation.ts';
import type { BodyFacts, ExchangeEnd, ExchangeRequest } from '../../src/core/exchange.ts';
import { NO_DETAILS } from '../../src/core/usage-details.ts';
import { uuidv7 } from '../../src/core/uuid.ts';
import { Cutter } from '../../src/store/segments/cutter.ts';
import type { SinkItem } from '../../src/store/sink.ts';
import { claudeAnswer, claudeMessages, claudeRequest } from './claude-wire.ts';
import { codexAnswer, codexRequest } from './codex-wire.ts';
import type { Corpus } from './corpus.ts';
import { requestHeaders, responseHeaders } from './headers.ts';
import { providerUsage, type Session, type Turn } from './turn.ts';

const MODELS = {
  claude: ['claude-opus-5-5', 'claude-sonnet-5', 'claude-haiku-4-5'],
  codex: ['gpt-5.5', 'gpt-5-codex'],
};
const PROJECTS = 200;
/** Mean 30. */
const LENGTHS = [6, 12, 18, 24, 30, 38, 48, 64];
const FAILED_SHARE = 0.02;
const TURN_MS = 20_000;

export interface Made {
  readonly items: SinkItem[];
  /** Bytes of text that was said for the first time. */
  readonly distinctBytes: number;
}

/** The `index`th session, always the same but for its ids' random parts. */
export function makeSession(corpus: Corpus, index: number, startedAt: number): Made {
  corpus.reset(index);
  const number = corpus.below(PROJECTS);
  const isClaude = corpus.random() < 0.45;
  const models = isClaude ? MODELS.claude : MODELS.codex;
  const session = {
    id: uuidv7(startedAt),
    isClaude,
    project: `/home/dev/${corpus.path(number).split('/')[1]}`,
    model: models[corpus.below(models.length)] ?? '',
  };
  const writer = new SessionWriter(session);
  const count = LENGTHS[index % LENGTHS.length] ?? 30;
  let distinctBytes = 0;
  let results: Turn['results'] = [];
  for (let at = 0; at < count; at += 1) {
    const turn = makeTurn(corpus, number, {
      at,
      results,
      previousId: writer.previousId,
      isClaude,
      isLast: at === count - 1,
    });
    distinctBytes += textBytes(turn);
    writer.add(turn, startedAt + at * TURN_MS, corpus.random() < FAILED_SHARE);
    results =
      turn.call === null
        ? []
        : [{ id: turn.call.id, text: resultOf(corpus, number, turn.call.name) }];
  }
  return { items: writer.items, distinctBytes };
}

interface Place {
  readonly at: number;
  readonly results: Turn['results'];
  readonly previousId: string | null;
  readonly isClaude: boolean;
  readonly isLast: boolean;
}

function makeTurn(corpus: Corpus, project: number, place: Place): Turn {
  const hex = (length: number): string =>
    Array.from({ length }, () => '0123456789abcdef'[corpus.below(16)]).join('');
  const isAsked = place.at % 6 === 0;
  const name = ['Read', 'Bash', 'Edit', 'Grep', 'Read'][corpus.below(5)] ?? 'Read';
  return {
    prompt: isAsked ? corpus.prose(project, 150 + corpus.below(300)) : null,
    results: place.results,
    thinking: corpus.random() < 0.5 ? corpus.prose(project, 200 + corpus.below(400)) : '',
    text: corpus.prose(project, 100 + corpus.below(500)),
    call: place.isLast
      ? null
      : {
          id: `${place.isClaude ? 'toolu_01' : 'call_'}${hex(22)}`,
          name,
          input: inputOf(corpus, project, name),
        },
    responseId: `${place.isClaude ? 'msg_01' : 'resp_'}${hex(place.isClaude ? 22 : 48)}`,
    previousId: place.previousId,
  };
}

function inputOf(corpus: Corpus, project: number, name: string): Record<string, string> {
  const path = `/home/dev/${corpus.path(project)}`;
  switch (name) {
    case 'Edit':
      return {
        file_path: path,
        old_string: corpus.snippet(project, 200 + corpus.below(600)),
        new_string: corpus.snippet(project, 250 + corpus.below(900)),
      };
    case 'Bash':
      return {
        command: `npm test -- ${path} --grep "${corpus.prose(project, 25)}"`,
        description: corpus.prose(project, 40),
      };
    case 'Grep':
      return { pattern: corpus.prose(project, 15), path };
    default:
      return { file_path: path };
  }
}

function resultOf(corpus: Corpus, project: number, name: string): string {
  if (name === 'Edit') return `The file has been updated.\n${corpus.code(project, 1_200)}`;
  if (name === 'Grep') {
    return Array.from(
      { length: 3 + corpus.below(30) },
      () =>
        `${corpus.path(project)}:${corpus.below(900)}:${corpus.snippet(project, 70).replaceAll('\n', ' ')}`,
    ).join('\n');
  }
  if (name === 'Bash')
    return corpus.random() < 0.4
      ? corpus.stack(project)
      : corpus.snippet(project, 500 + corpus.below(6_000));
  return corpus.code(project, 2_500 + corpus.below(10_000));
}

function textBytes(turn: Turn): number {
  const texts = [
    turn.prompt ?? '',
    turn.thinking,
    turn.text,
    ...turn.results.map(({ text }) => text),
    ...Object.values(turn.call?.input ?? {}),
  ];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** Collects a session's items, in the order in which the recorder gives them. */
class SessionWriter {
  readonly items: SinkItem[] = [];
  readonly #session: Session;
  /** As in the recorder: what is sent again is not looked at again. */
  readonly #cutter = new Cutter();
  /** Claude's messages so far, as JSON. */
  readonly #messages: string[] = [];
  previousId: string | null = null;
  #prompt = '';
  #inputTokens = 9_000;

  constructor(session: Session) {
    this.#session = session;
  }

  add(turn: Turn, at: number, isFailed: boolean): void {
    const { isClaude } = this.#session;
    if (turn.prompt !== null) this.#prompt = turn.prompt;
    const said = claudeMessages(turn);
    const body = isClaude
      ? claudeRequest(this.#session, [...this.#messages, said.before])
      : codexRequest(this.#session, turn);
    const request = this.#request(turn, body, at);
    const cut = this.#cutter.cut(body, this.#session.id);
    this.items.push({ kind: 'request', request, view: null, body, decoded: body, cut });
    this.#messages.push(said.before, said.answer);
    this.#inputTokens += Math.round(body.length / (isClaude ? 40 : 4));
    const answer = isFailed
      ? FAILURE
      : isClaude
        ? claudeAnswer(this.#session, turn, this.#usage(turn))
        : codexAnswer(this.#session, turn, this.#usage(turn));
    const end = this.#end(request, turn, { body: answer, isFailed });
    this.items.push({ kind: 'end', request, end, body: answer });
    this.previousId = turn.responseId;
  }

  #usage(turn: Turn) {
    const output = Math.round((turn.text.length + turn.thinking.length) / 4) + 60;
    return {
      input: this.#inputTokens,
      cacheRead: this.#inputTokens - 900,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output,
      reasoning: 0,
    };
  }

  #request(turn: Turn, body: Buffer, at: number): ExchangeRequest {
    const { isClaude, id, project, model } = this.#session;
    return {
      id: uuidv7(at),
      sessionId: id,
      sessionSource: 'header',
      startedAt: at,
      client: isClaude ? 'claude-code' : 'codex',
      clientVersion: isClaude ? '2.1.330' : '0.169.0',
      userAgent: isClaude
        ? 'claude-cli/2.1.330 (external, cli)'
        : 'codex_cli_rs/0.169.0 (Debian 12.0.0; x86_64)',
      provider: isClaude ? 'anthropic' : 'openai',
      dialect: isClaude ? 'anthropic-messages' : 'openai-responses',
      transport: isClaude ? 'http' : 'websocket',
      method: isClaude ? 'POST' : 'GET',
      target: isClaude ? '/v1/messages?beta=true' : '/v1/responses',
      upstream: isClaude ? 'https://api.anthropic.com' : 'https://api.openai.com',
      requestHeaders: requestHeaders(this.#session, body.length),
      auxiliary: null,
      agentId: null,
      parentId: null,
      model,
      stream: true,
      previousResponseId: isClaude ? null : turn.previousId,
      promptPreview: this.#prompt.slice(0, 200),
      project,
      messageCount: this.#messages.length + 1,
      toolResults: turn.results.map((result) => ({
        id: result.id,
        bytes: result.text.length,
        isError: false,
      })),
      requestBody: factsOf(body),
    };
  }

  #end(
    request: ExchangeRequest,
    turn: Turn,
    { body, isFailed }: { body: Buffer; isFailed: boolean },
  ): ExchangeEnd {
    const usage = isFailed ? null : this.#usage(turn);
    const { call } = turn;
    const toolCall =
      call === null
        ? []
        : [
            {
              type: 'tool-call',
              id: call.id,
              name: call.name,
              arguments: JSON.stringify(call.input),
            } as const,
          ];
    const parts: Part[] = isFailed
      ? []
      : [
          ...(turn.thinking === '' ? [] : [{ type: 'thinking', text: turn.thinking } as const]),
          { type: 'text', text: turn.text },
          ...toolCall,
        ];
    const ms = 2_000 + (body.length % 7_001);
    return {
      id: request.id,
      sessionId: request.sessionId,
      endedAt: request.startedAt + ms,
      outcome: isFailed ? 'failed' : 'completed',
      errorCode: isFailed ? 'overloaded_error' : null,
      errorMessage: isFailed ? 'Overloaded' : null,
      status: isFailed ? 529 : 200,
      responseHeaders: responseHeaders(this.#session, turn.responseId),
      responseId: isFailed ? null : turn.responseId,
      modelUsed: isFailed ? null : request.model,
      stopReason: isFailed ? null : call === null ? 'end_turn' : 'tool_use',
      parts,
      toolCalls: isFailed ? [] : toolCall,
      usage,
      providerUsage: usage === null ? null : providerUsage(usage, this.#session.isClaude),
      details: NO_DETAILS,
      estimate: null,
      cost:
        usage === null
          ? null
          : {
              nanoUsd: usage.input * 500 + usage.output * 25_000,
              certainty: 'exact',
              priceVersion: 'genai-prices 0.1.8',
            },
      rateLimits: null,
      timing: {
        received: 1.5,
        sent: 2.25,
        connect: null,
        firstByte: ms / 3,
        firstToken: ms / 3 + 12.5,
        ended: ms,
        overhead: 0.42,
        tokenGaps: isFailed
          ? null
          : { count: 40, p50: 18.25, p95: 61.5, p99: 120.75, buckets: GAP_BUCKETS },
      },
      responseBody: factsOf(body),
      isPartial: false,
    };
  }
}

const GAP_BUCKETS: [number, number][] = [0, 0, 1, 4, 22, 10, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0].map(
  (count, at) => [count, count * at * 7.5],
);
const FAILURE = Buffer.from(
  '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":null}',
);

function factsOf(body: Uint8Array): BodyFacts {
  return {
    bytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
    truncated: false,
  };
}
