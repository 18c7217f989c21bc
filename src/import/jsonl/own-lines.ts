/**
 * LunaRoute's own lines: what `export --format jsonl` wrote, whole exchanges byte for byte, and what
 * the recorder writes, whose requests build on earlier ones. They stay what they were: an exchange
 * that was captured is one that was captured.
 */
import type { z } from 'zod';
import { type Json, parseLine } from '../json.ts';
import { BadLine, type OwnExchange, type TranscriptReader } from '../turn.ts';
import { BodyBases } from './body-bases.ts';
import { Recorded, type ToldRequests } from './recorded.ts';
import { exportedLine, recordedRequest, recordedResponse } from './shapes.ts';

export class OwnLines implements TranscriptReader {
  readonly #bases = new BodyBases();
  readonly #recorded: Recorded;

  constructor(told: ToldRequests) {
    this.#recorded = new Recorded(told);
  }

  line(text: string): readonly OwnExchange[] {
    const line = parseLine(text);
    switch (line['type']) {
      case 'exchange':
        return [this.#exported(line)];
      case 'session':
        this.#recorded.session(line);
        return [];
      case 'request':
        return this.#recorded.request(checked(recordedRequest, line));
      case 'response':
        return this.#recorded.response(checked(recordedResponse, line));
      case 'error':
        this.#recorded.error(line);
        return [];
      case 'tool_call':
        return [];
      default:
        throw new BadLine('not a line of LunaRoute');
    }
  }

  end(isSettled: boolean): readonly OwnExchange[] {
    return this.#recorded.end(isSettled);
  }

  #exported(line: Json): OwnExchange {
    const { request, end, requestBody, responseBody } = checked(exportedLine, line);
    const { id } = request;
    if (end !== null && end.id !== id) throw new BadLine('the end of another exchange');
    return {
      request,
      end: end === null ? null : { ...end, sessionId: request.sessionId },
      requestBody: this.#bases.bytes(id, 'request', requestBody),
      responseBody: this.#bases.bytes(id, 'response', responseBody),
    };
  }
}

function checked<T>(shape: z.ZodType<T>, line: Json): T {
  const result = shape.safeParse(line);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new BadLine(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`);
}
