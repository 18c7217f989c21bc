// A recorded history of a chosen size with fixed times, for screens that must look the same each time.
import type { Part } from '../../src/core/conversation.ts';
import type { ExchangeEnd } from '../../src/core/exchange.ts';
import type { SqliteSink } from '../../src/store/sqlite-sink.ts';
import { endItem, requestItem } from './store-items.ts';

/** 2026-11-24 12:00 UTC. */
export const NOW = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;

const PROMPTS = [
  'Please mend the parser: it loses the last token of a stream',
  'Why does the migration fail on an empty database?',
  'Write a changelog entry for the release',
  'Übersetze die Hilfe ins Deutsche, bitte 漢字',
];
const MODELS = ['claude-opus-5-5', 'claude-haiku-5', 'gpt-5.5-codex'];

/** The newest session is `session-0000`; each has two exchanges, the second with a tool's result. */
export function recordSessions(sink: SqliteSink, count: number, now = NOW): void {
  const batch = 500;
  for (let start = 0; start < count; start += batch) {
    const items = Array.from({ length: Math.min(batch, count - start) }, (_, offset) =>
      sessionItems(count - 1 - start - offset, now),
    ).flat();
    sink.write(items);
  }
}

function sessionItems(index: number, now: number) {
  const sessionId = `${String(index).padStart(4, '0')}beef-session`;
  const at = now - (index + 2) * 5 * MINUTE;
  const prompt = PROMPTS[index % PROMPTS.length] ?? '';
  const model = MODELS[index % MODELS.length] ?? '';
  const client = model.startsWith('gpt') ? ('codex' as const) : ('claude-code' as const);
  const call: Part = {
    type: 'tool-call',
    id: `call-${index}`,
    name: 'Bash',
    arguments: '{"command":"npm test"}',
  };
  const asked = [{ role: 'user', content: prompt }];
  const first = requestItem(
    {
      id: `first-${index}`,
      sessionId,
      startedAt: at,
      client,
      model,
      promptPreview: prompt,
      messageCount: 1,
    },
    {
      model,
      tools: [{ name: 'Bash', description: 'Runs a command.', input_schema: {} }],
      messages: asked,
    },
  );
  const second = requestItem(
    {
      id: `second-${index}`,
      sessionId,
      startedAt: at + MINUTE,
      client,
      model,
      promptPreview: prompt,
      messageCount: 3,
      toolResults: [{ id: `call-${index}`, bytes: 21, isError: false }],
    },
    {
      model,
      tools: [{ name: 'Bash', description: 'Runs a command.', input_schema: {} }],
      messages: [
        ...asked,
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I run the tests.' },
            { type: 'tool_use', id: `call-${index}`, name: 'Bash', input: { command: 'npm test' } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: `call-${index}`,
              content: 'all 42 tests passed\n',
              is_error: false,
            },
          ],
        },
      ],
    },
  );
  const isBad = index % 7 === 6;
  return [
    first,
    endItem(first.request, answer(index, [{ type: 'text', text: 'I run the tests.' }, call])),
    second,
    endItem(
      second.request,
      isBad
        ? {
            outcome: 'failed',
            status: 529,
            errorCode: 'overloaded_error',
            errorMessage: 'Overloaded',
            usage: null,
          }
        : answer(index, [
            { type: 'thinking', text: 'The tests pass, so the parser is fine.' },
            {
              type: 'text',
              text: 'All 42 tests pass now.\n\n```ts\nexport const isDone = true;\n```',
            },
          ]),
    ),
  ];
}

function answer(index: number, parts: readonly Part[]): Partial<ExchangeEnd> {
  const input = 8000 + (index % 13) * 1000;
  return {
    parts,
    responseId: null,
    cost: {
      nanoUsd: input * 1500,
      certainty: index % 3 === 1 ? 'estimated' : 'exact',
      priceVersion: 'test',
    },
    usage: {
      input,
      cacheRead: input - 1500,
      cacheWrite5m: 1000,
      cacheWrite1h: 0,
      output: 150 + (index % 9) * 40,
      reasoning: 20,
    },
  };
}
