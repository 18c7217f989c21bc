/** Answers of the Rust original in the shape of the wire. */
import type { Dialect } from '../../core/conversation.ts';
import type { ClientName } from '../../core/exchange.ts';
import { codecFor } from '../../dialects/registry.ts';
import type { Json } from '../json.ts';

interface Recorded {
  readonly json: Json | null;
  /** What a stream said, put together. */
  readonly text: string | null;
  readonly model: string | null;
  /** Tokens by its own names: cached ones are not part of `input_tokens` where Anthropic counted. */
  readonly counts: Json | null;
  readonly error: string | null;
  readonly stopReason: string | null;
}

/** The answer as it came where that was kept; otherwise what is known of it. */
export function answerOnTheWire(dialect: Dialect, recorded: Recorded): object {
  const { json, error } = recorded;
  if (error !== null) return { type: 'error', error: { type: 'error', message: error } };
  const view = json === null ? null : codecFor(dialect).parseResponse(json);
  if (json !== null && view !== null && view.parts.length > 0) {
    return view.usage === null ? { ...json, usage: usageOf(dialect, recorded.counts) } : json;
  }
  return { ...json, ...made(dialect, recorded) };
}

function made(dialect: Dialect, { text, model, counts, stopReason }: Recorded): object {
  const usage = usageOf(dialect, counts);
  const said = text ?? '';
  switch (dialect) {
    case 'anthropic-messages':
      return { model, content: [{ type: 'text', text: said }], stop_reason: stopReason, usage };
    case 'openai-chat': {
      const message = { role: 'assistant', content: said };
      return { model, choices: [{ index: 0, message, finish_reason: stopReason }], usage };
    }
    case 'openai-responses': {
      const content = [{ type: 'output_text', text: said }];
      const output = [{ type: 'message', role: 'assistant', content }];
      return { model, status: 'completed', output, usage };
    }
  }
}

/** null where nothing was counted. */
function usageOf(dialect: Dialect, counts: Json | null): object | null {
  const number = (name: string): number => Number(counts?.[name] ?? 0) || 0;
  const [input, output] = [number('input_tokens'), number('output_tokens')];
  if (input + output === 0) return null;
  const [read, written] = [number('cache_read_tokens'), number('cache_creation_tokens')];
  switch (dialect) {
    case 'anthropic-messages':
      return {
        input_tokens: input,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: written,
        output_tokens: output,
      };
    case 'openai-chat':
      return {
        prompt_tokens: input,
        completion_tokens: output,
        prompt_tokens_details: { cached_tokens: read },
        completion_tokens_details: { reasoning_tokens: number('reasoning_tokens') },
      };
    case 'openai-responses':
      return {
        input_tokens: input,
        input_tokens_details: { cached_tokens: read },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: number('reasoning_tokens') },
      };
  }
}

export function clientByAgent(userAgent: string | null): ClientName {
  const agent = userAgent?.toLowerCase() ?? '';
  if (agent.startsWith('claude-')) return 'claude-code';
  if (agent.startsWith('codex')) return 'codex';
  return agent.startsWith('opencode') ? 'opencode' : 'other';
}
