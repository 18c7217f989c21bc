import { expect, test } from 'vitest';
import { clientOf } from '../../src/dialects/clients.ts';

test.each([
  ['claude-cli/2.1.330 (external, sdk-cli)', 'claude-code', '2.1.330'],
  ['codex_exec/0.169.0 (Debian 12.0.0; x86_64) dumb (codex_exec; 0.169.0)', 'codex', '0.169.0'],
  ['codex_cli_rs/0.46.0 (Mac OS 15.6; arm64)', 'codex', '0.46.0'],
  ['Codex Desktop/1.2.3', 'codex', '1.2.3'],
  ['opencode/1.18.33 ai-sdk/provider-utils/4.0.46 runtime/bun/1.3.14', 'opencode', '1.18.33'],
  ['OpenAI/JS 7.57.0', 'openai-sdk', '7.57.0'],
  ['OpenAI/Python 2.1.0', 'openai-sdk', '2.1.0'],
  ['AsyncOpenAI/Python 2.1.0', 'openai-sdk', '2.1.0'],
  ['Anthropic/JS 1.12.0', 'anthropic-sdk', '1.12.0'],
  ['AsyncAnthropic/Python 0.60.0', 'anthropic-sdk', '0.60.0'],
  ['curl/8.5.0', 'curl', '8.5.0'],
  ['python-requests/2.32', 'other', '2.32'],
  ['my agent', 'other', null],
])('%s', (userAgent, name, version) => {
  expect(clientOf(['User-Agent', userAgent])).toEqual({ name, version, userAgent });
});

test('marks of a client where its user agent says nothing', () => {
  expect(clientOf(['originator', 'codex_vscode']).name).toBe('codex');
  const headers = ['user-agent', 'node/24', 'X-Claude-Code-Session-Id', 's'];
  expect(clientOf(headers)).toMatchObject({ name: 'claude-code', version: '24' });
  expect(clientOf([])).toEqual({ name: 'other', version: null, userAgent: null });
});
