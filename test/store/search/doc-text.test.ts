import { describe, expect, it } from 'vitest';
import { elementTexts, partTexts, valueTexts } from '../../../src/store/search/doc-text.ts';

describe('doc texts', () => {
  it('of a tool call are the same however its arguments are spaced, and read as a person would', () => {
    const call = (args: string) =>
      partTexts([{ type: 'tool-call', id: 'x', name: 'Bash', arguments: args }], 'assistant')[0]
        ?.text;
    expect(call('{ "command":  "ls\\nimport \\"x\\"" }')).toBe(
      call('{"command":"ls\\nimport \\"x\\""}'),
    );
    expect(call('{"command":"ls\\nimport \\"x\\""}')).toBe('Bash\n{"command":"ls import "x""}');
    expect(call('free *** text')).toBe('Bash\nfree *** text');
  });

  it('of a message have the kind of who said it', () => {
    const kinds = (role: string) =>
      elementTexts({ role, content: 'words' }, 'openai-chat').map((text) => text.kind);
    expect(['user', 'assistant', 'system'].map(kinds)).toEqual([
      ['prompt'],
      ['answer'],
      ['system'],
    ]);
  });

  it('of a definition are its prose only', () => {
    const tool = {
      type: 'custom',
      name: 'Bash',
      schema: { properties: { a: { type: 'string', description: 'why' } } },
    };
    expect(valueTexts(tool)).toEqual([{ kind: 'system', text: 'Bash\nwhy' }]);
    expect(valueTexts(['x'.repeat(300_000)])[0]?.text).toHaveLength(256 * 1024);
  });

  it('of something nested without end are bounded', () => {
    let nested: unknown = { text: 'deep' };
    for (let depth = 0; depth < 50_000; depth += 1) nested = [nested];
    expect(valueTexts(nested)).toEqual([{ kind: 'system', text: '' }]);
  });
});
