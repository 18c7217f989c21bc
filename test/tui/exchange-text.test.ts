import { expect, it } from 'vitest';
import type { Message } from '../../src/core/conversation.ts';
import { conversationDoc } from '../../src/tui/views/exchange-text.ts';

const RULES = `You are careful. ${'Be brief and kind. '.repeat(100)}That is all.`;
const messages: Message[] = [
  { role: 'system', parts: [{ type: 'text', text: RULES }] },
  { role: 'user', parts: [{ type: 'text', text: RULES }] },
];

function shown(isUnfolded: boolean): string {
  const doc = conversationDoc({ messages, answer: [], toolCalls: [] }, { width: 80, isUnfolded });
  return doc.map(({ text }) => text).join('\n');
}

it("folds an instruction's pages to their beginning, and says how much is left; a person's words never", () => {
  const [, instruction = '', words = ''] = shown(false).split(/^-- .*$/m);
  expect(instruction).toContain('You are careful.');
  expect(instruction).not.toContain('That is all.');
  expect(instruction).toContain(
    `… ${(RULES.length - 300).toLocaleString('en')} characters more: t unfolds`,
  );
  expect(words).toContain('That is all.');
  expect(shown(true).match(/That is all\./g)).toHaveLength(2);
});
