import { expect, test } from 'vitest';
import type { Message, RequestView } from '../../src/core/conversation.ts';
import { answerPreview, promptPreview } from '../../src/dialects/preview.ts';

function viewOf(...messages: readonly Message[]): RequestView {
  return {
    model: null,
    stream: true,
    messages,
    toolNames: [],
    previousResponseId: null,
    isWarmUp: false,
  };
}

function user(...texts: readonly string[]): Message {
  return { role: 'user', parts: texts.map((text) => ({ type: 'text', text })) };
}

test('the last words of the human, past reminders and tool results', () => {
  const view = viewOf(
    user('<system-reminder>\nskills\n</system-reminder>', 'Run  the\nlab command.'),
    { role: 'system', parts: [{ type: 'text', text: '# Environment' }] },
    { role: 'assistant', parts: [{ type: 'text', text: 'Running.' }] },
    {
      role: 'user',
      parts: [
        { type: 'tool-result', id: 't', text: 'lab-tool-42', isError: false },
        { type: 'text', text: '<system-reminder>todo</system-reminder>' },
      ],
    },
  );
  expect(promptPreview(view)).toBe('Run the lab command.');
});

test.each([
  ['<environment_context>\n  <cwd>/tmp</cwd>\n</environment_context>', null],
  ['# AGENTS.md instructions for /x\n\n<INSTRUCTIONS>\n…\n</INSTRUCTIONS>', null],
  ['<user_instructions>be nice</user_instructions>', null],
  ['<system-reminder>never closed', null],
  ['<system-reminder>a</system-reminder>\n<system-reminder>b</system-reminder>\nfix it', 'fix it'],
  ['fix it\n<system-reminder>a</system-reminder>', 'fix it'],
  ['<command-message>init</command-message>\n<command-name>/init</command-name>', '/init'],
  [
    '<command-name>/review</command-name>\n<command-message>review</command-message>\n<command-args>42</command-args>',
    '/review 42',
  ],
  ['<div>why is this red?</div>', '<div>why is this red?</div>'],
  ['  \n ', null],
])('%j', (text, expected) => {
  expect(promptPreview(viewOf(user(text)))).toBe(expected);
});

test('at most 200 characters, whatever the size', () => {
  const preview = promptPreview(viewOf(user('wörter '.repeat(500_000)))) ?? '';
  expect(preview).toHaveLength(200);
  expect(preview.endsWith('…')).toBe(true);
});

test('an answer: its text, else its calls, else its thinking', () => {
  const thinking = { type: 'thinking', text: 'Hm.' } as const;
  const call = { type: 'tool-call', id: 't', name: 'Bash', arguments: '{"command":"ls"}' } as const;
  expect(answerPreview([thinking, { type: 'text', text: 'It\nworks.' }, call])).toBe('It works.');
  expect(answerPreview([thinking, call])).toBe('Bash {"command":"ls"}');
  expect(answerPreview([thinking])).toBe('Hm.');
  expect(answerPreview([])).toBeNull();
});
