// A defect in reading content must cost that content only: every hook is made to throw in turn.
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  anthropicStream,
  makeRecorder,
  SSE_HEADERS,
  userTurn,
} from '../../helpers/recorder-tap.ts';

const broken = vi.hoisted(() => ({ hook: '' }));

function throwing<T extends object>(module: T): T {
  return Object.fromEntries(
    Object.entries(module).map(([name, value]) => [
      name,
      typeof value !== 'function' || /^[A-Z]/.test(name)
        ? value
        : (...args: unknown[]) => {
            if (broken.hook === name) throw new Error(`${name} is broken`);
            return value(...args);
          },
    ]),
  ) as T;
}

vi.mock('../../../src/dialects/sessions.ts', async (original) => throwing(await original()));
vi.mock('../../../src/dialects/clients.ts', async (original) => throwing(await original()));
vi.mock('../../../src/dialects/auxiliary.ts', async (original) => throwing(await original()));
vi.mock('../../../src/dialects/preview.ts', async (original) => throwing(await original()));
vi.mock('../../../src/dialects/registry.ts', async (original) => {
  const registry = await original<typeof import('../../../src/dialects/registry.ts')>();
  return {
    codecFor: (dialect: 'anthropic-messages') => {
      if (broken.hook === 'codecFor') throw new Error('codecFor is broken');
      const codec = registry.codecFor(dialect);
      return {
        ...throwing(codec),
        makeAssembler: () => {
          if (broken.hook === 'makeAssembler') throw new Error('makeAssembler is broken');
          const assembler = codec.makeAssembler();
          return throwing({
            push: (event: string, data: string) => assembler.push(event, data),
            view: () => assembler.view(),
          });
        },
      };
    },
  };
});

afterEach(() => {
  broken.hook = '';
});

describe.each([
  'sessionHints',
  'clientOf',
  'auxiliaryOf',
  'promptPreview',
  'codecFor',
  'parseRequest',
  'makeAssembler',
  'push',
  'view',
])('with a broken %s', (hook) => {
  it('still records the exchange, marked partial, and the next one wholly', async () => {
    const { run, sink, clock, events, notices } = makeRecorder();
    const script = {
      headers: ['x-claude-code-session-id', 's1'],
      request: userTurn('hello'),
      responseHeaders: SSE_HEADERS,
      response: anthropicStream('hi'),
    };
    broken.hook = hook;
    const { end } = await run({ ...script, id: 'bad' });
    expect(end).toMatchObject({ isPartial: true, status: 200 });
    broken.hook = '';
    const next = await run({ ...script, id: 'good' });
    expect(next.end).toMatchObject({ isPartial: false, outcome: 'completed', sessionId: 's1' });
    clock.advance(100);
    expect(sink.items.map((item) => `${item.kind} ${item.request.id}`)).toEqual([
      'request bad',
      'end bad',
      'request good',
      'end good',
    ]);
    expect(sink.items[0]!.body.byteLength).toBeGreaterThan(50);
    expect(sink.items[1]!.body.byteLength).toBeGreaterThan(50);
    clock.advance(2000);
    expect(events.at(-1)).toMatchObject({ type: 'recorder.status', status: { degraded: [] } });
    expect(notices).toHaveLength(1);
  });
});
