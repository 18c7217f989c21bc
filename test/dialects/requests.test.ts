// What is read off request bodies beside the conversation: the project, the prompt in cache order,
// the sizes of tool definitions.
import { describe, expect, it } from 'vitest';
import { mcpServerOf } from '../../src/core/mcp.ts';
import { cachePieces } from '../../src/dialects/cache-pieces.ts';
import { projectOf } from '../../src/dialects/project.ts';
import { codecFor } from '../../src/dialects/registry.ts';
import { toolDefinitions } from '../../src/dialects/tool-definitions.ts';

const messages = [{ role: 'user', content: 'hi' }];

describe('projectOf', () => {
  it.each([
    [
      'Claude Code',
      'anthropic-messages',
      { system: '# Environment\n - Primary working directory: /home/me/a b\n - x', messages },
      '/home/me/a b',
    ],
    [
      'OpenCode',
      'anthropic-messages',
      { system: '<env>\n  Working directory: /srv/app\n</env>', messages },
      '/srv/app',
    ],
    [
      'Codex',
      'openai-responses',
      {
        input: [
          {
            role: 'user',
            content: [{ type: 'input_text', text: '<environment_context>\n  <cwd>/tmp/w</cwd>' }],
          },
        ],
      },
      '/tmp/w',
    ],
    ['an SDK', 'openai-chat', { messages }, null],
    [
      'prose',
      'openai-chat',
      { messages: [{ role: 'user', content: 'What is the working directory of a shell?' }] },
      null,
    ],
  ] as const)('%s', (_name, dialect, body, expected) => {
    expect(projectOf(codecFor(dialect).parseRequest(body))).toBe(expected);
  });
});

describe('cachePieces', () => {
  const names = (dialect: Parameters<typeof cachePieces>[0], body: object) =>
    cachePieces(dialect, body).map(({ name }) => name);

  it('are tools, system, messages, in this order', () => {
    const body = {
      messages,
      system: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      tools: [{ name: 'Bash' }, { type: 'function', function: { name: 'f' } }],
    };
    expect(names('anthropic-messages', body)).toEqual([
      'tool Bash',
      'tool f',
      'system prompt, block 1',
      'system prompt, block 2',
      'message 1 (user)',
    ]);
    expect(
      names('openai-responses', { instructions: 'x', input: [{ type: 'function_call_output' }] }),
    ).toEqual(['system prompt', 'message 1 (function_call_output)']);
  });

  it('do not change when a mark moves or a string becomes a block', () => {
    const text = (content: unknown) =>
      cachePieces('anthropic-messages', { messages: [{ role: 'user', content }] });
    const plain = text('hi');
    expect(text([{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }])).toEqual(
      plain,
    );
    expect(text([{ type: 'text', text: 'ho' }])).not.toEqual(plain);
  });

  it('survive what is no body', () => {
    for (const body of [null, [], 'x', { tools: 1, messages: null }]) {
      expect(cachePieces('openai-chat', body)).toEqual([]);
    }
  });
});

describe('toolDefinitions', () => {
  it('count each by the name that calls have, those in namespaces and those that Codex adds', () => {
    const body = {
      tools: [{ name: 'Bash', description: 'é' }],
      input: [
        {
          type: 'additional_tools',
          tools: [
            { type: 'namespace', name: 'functions', tools: [{ type: 'custom', name: 'exec' }] },
            { type: 'namespace', name: 'n', tools: [{ type: 'custom', name: 'find' }] },
          ],
        },
      ],
    };
    expect(toolDefinitions(body)).toEqual([
      { name: 'Bash', bytes: 34 },
      { name: 'exec', bytes: 31 },
      { name: 'n.find', bytes: 31 },
    ]);
  });
});

it.each([
  ['mcp__github__create_issue', 'github'],
  ['mcp__my_server__x', 'my_server'],
  ['docs.search', 'docs'],
  ['collaboration.spawn_agent', null],
  ['clock.sleep', null],
  ['Bash', null],
  ['a.b.c', null],
])('the MCP server of %s', (tool, server) => {
  expect(mcpServerOf(tool)).toBe(server);
});
