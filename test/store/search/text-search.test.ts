import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Part } from '../../../src/core/conversation.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { History, SearchHit } from '../../../src/core/ports.ts';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import type { SqliteSink } from '../../../src/store/sqlite-sink.ts';
import { endItem, makeSink, requestItem, START, tempFolder } from '../../helpers/store-items.ts';

let path: string;
let sink: SqliteSink;
let history: History;

beforeEach(() => {
  path = join(tempFolder(), 'sessions.db');
  sink = makeSink(path);
  sink.write([]);
  history = openHistory(path);
  onTestFinished(() => history.close());
});

function search(typed: string): SearchHit[] {
  return history.search(typed, { limit: 20 });
}

function say(content: unknown, changes: Parameters<typeof requestItem>[0] = {}): void {
  sink.write([requestItem(changes, { messages: [{ role: 'user', content }] })]);
}

const marked = (hit: SearchHit | undefined) =>
  hit?.marks.map(([start, end]) => hit.snippet.slice(start, end));

function docs(): number {
  const database = new Sqlite(path, { readonly: true });
  const count = database.prepare('SELECT count(*) FROM docs').pluck().get();
  database.close();
  return Number(count);
}

describe('search', () => {
  it('finds every kind of text, once, and says where it is', () => {
    const first = requestItem(
      {},
      {
        system: 'You are a systematic helper.',
        tools: [
          { name: 'Bash', description: 'Runs a toolish command', input_schema: { type: 'object' } },
        ],
        messages: [{ role: 'user', content: [{ type: 'text', text: 'a promptly question' }] }],
      },
    );
    const parts: Part[] = [
      { type: 'thinking', text: 'a thoughtful pause' },
      { type: 'text', text: 'an answering text' },
      {
        type: 'tool-call',
        id: 't1',
        name: 'Bash',
        arguments: '{"command": "grep callable\\nfoo"}',
      },
    ];
    const second = requestItem(
      { id: 'e2', startedAt: START + 5_000 },
      {
        system: 'You are a systematic helper.',
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'a promptly question' }] },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'a thoughtful pause', signature: 's' },
              { type: 'text', text: 'an answering text' },
              {
                type: 'tool_use',
                id: 't1',
                name: 'Bash',
                input: { command: 'grep callable\nfoo' },
              },
            ],
          },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: 't1', content: 'the resulting lines' }],
          },
        ],
      },
    );
    sink.write([first, endItem(first.request, { parts }), second]);
    const where = [
      'systematic',
      'toolish',
      'promptly',
      'thoughtful',
      'answering',
      'callable',
      'resulting',
    ];
    expect(
      where.map((word) => search(word).map((hit) => [hit.kind, hit.exchangeId, marked(hit)])),
    ).toEqual([
      [['system', 'exchange-1', ['systematic']]],
      [['system', 'exchange-1', ['toolish']]],
      [['prompt', 'exchange-1', ['promptly']]],
      [['thinking', 'exchange-1', ['thoughtful']]],
      [['answer', 'exchange-1', ['answering']]],
      [['tool-call', 'exchange-1', ['callable']]],
      [['tool-result', 'e2', ['resulting']]],
    ]);
    expect(search('resulting')[0]).toMatchObject({
      sessionId: 'session-1',
      at: START + 5_000,
      client: 'claude-code',
      model: 'claude-opus-5-5',
    });
  });

  it('finds what a Responses API client sends as plain strings', () => {
    sink.write([
      requestItem(
        { dialect: 'openai-responses' },
        { instructions: 'Speak plainly', input: 'Say hello' },
      ),
    ]);
    expect(search('plainly').map((hit) => hit.kind)).toEqual(['system']);
    expect(search('hello').map((hit) => hit.snippet)).toEqual(['Say hello']);
  });

  it.each([
    ['two words in any order', 'parser the', ['the', 'parser']],
    ['a phrase', '"fix the parser"', ['fix the parser']],
    ['the beginning of a word', 'pars*', ['parser']],
    ['an identifier', 'foo_bar', ['foo_bar']],
    ['a path', 'src/x.ts', ['src/x.ts']],
    ['other case and accents', 'CAFE', ['café']],
    ['letters of any script', 'привет', ['Привет']],
  ])('finds %s', (_, typed, marks) => {
    say('Please fix the parser: foo_bar in src/x.ts, café, Привет');
    expect(search(typed).map(marked)).toEqual([marks]);
  });

  it.each(['"the fix"', 'parser nowhere', 'ts_x', '', ' ', '!!!', '***', '""', '-x'])(
    'finds nothing for %j',
    (typed) => {
      say('Please fix the parser in src/x.ts');
      expect(search(typed)).toEqual([]);
    },
  );

  it('takes nothing typed for syntax', () => {
    say('NEAR and NOT or parser');
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '"',
            '*',
            '(',
            ')',
            ':',
            '^',
            '-',
            '+',
            'NEAR',
            'NOT',
            'OR',
            'AND',
            ' ',
            'text',
            '\u0000',
            '\ud800',
          ),
        ),
        (pieces) => {
          try {
            search(pieces.join(''));
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        },
      ),
    );
    expect(search('"text:parser"')).toEqual([]);
    expect(search('NOT parser')).toHaveLength(1);
  });

  it('ranks more fitting texts first, and the newer of two alike', () => {
    const day = 24 * 3_600_000;
    say(`zebra ${'filler words here '.repeat(60)}`, { id: 'long', sessionId: 'a' });
    say('zebra alone', { id: 'old', sessionId: 'b', startedAt: START - 400 * day });
    say('zebra solo', { id: 'new', sessionId: 'c' });
    expect(search('zebra').map((hit) => hit.exchangeId)).toEqual(['new', 'old', 'long']);
    expect(history.search('zebra', { limit: 2 })).toHaveLength(2);
  });

  it.each([
    ['inside a name', 'ndleReq', ['ndleReq']],
    [
      'across signs, from the middle of a word to the middle of one',
      'andler/foo_b',
      ['andler/foo_b'],
    ],
    ['with a sign that words do not show', 'foo_bar', ['foo_bar']],
    ['whatever its case', 'TYPEerror', ['TypeError']],
    ['with any sign', 'a-b\\c^$.*+?(){}[]|/d', ['a-b\\c^$.*+?(){}[]|/d']],
    ['in a plain word, where nothing else is found', 'equesthand', ['equestHand']],
  ])('finds an identifier %s', (_, typed, marks) => {
    say('see handleRequest in src/requestHandler/foo_bar.ts: TypeErrors a-b\\c^$.*+?(){}[]|/d');
    say('foo bar, foo-bar', { id: 'e2' });
    expect(search(typed).map(marked)).toEqual([marks]);
  });

  it('leaves out what must not occur', () => {
    say('parser alpha_one', { id: 'a', sessionId: 'a' });
    say('parser beta', { id: 'b', sessionId: 'b' });
    say('parser alpha one', { id: 'c', sessionId: 'c' });
    const ids = (typed: string) =>
      search(typed)
        .map((hit) => hit.exchangeId)
        .sort();
    expect(ids('parser -beta')).toEqual(['a', 'c']);
    expect(ids('parser -alpha_one')).toEqual(['b', 'c']);
    expect(ids('parser -"alpha one"')).toEqual(['b']);
    expect(ids('client:claude -alp*')).toEqual(['b']);
  });

  it('shows the text around the match, cut between characters', () => {
    say(`${'😀'.repeat(500)} needle ${'🌍'.repeat(500)}`);
    const [hit] = search('needle');
    expect(marked(hit)).toEqual(['needle']);
    expect(hit?.snippet.length).toBeLessThanOrEqual(163);
    expect(hit?.snippet.isWellFormed()).toBe(true);
  });

  it('indexes a conversation once per session, and system prompts once for all', () => {
    const body = {
      system: 'A system prompt',
      messages: [{ role: 'user', content: 'unique words' }],
    };
    sink.write([requestItem({ id: 'e1', sessionId: 'a' }, body)]);
    sink.write([
      requestItem({ id: 'e2', sessionId: 'a' }, body),
      requestItem({ id: 'e3', sessionId: 'b' }, body),
    ]);
    makeSink(path, 'after a restart').write([requestItem({ id: 'e4', sessionId: 'a' }, body)]);
    expect(docs()).toBe(3);
    expect(
      search('unique')
        .map((hit) => hit.sessionId)
        .sort(),
    ).toEqual(['a', 'b']);
  });

  it('does not search helper calls of a client', () => {
    say('title please', { auxiliary: 'title' });
    say('count this', { id: 'e2', auxiliary: 'count-tokens' });
    expect(docs()).toBe(0);
  });

  it('finds words beside binary data, but does not index the data', () => {
    const data = Buffer.alloc(30_000, 'pseudo random').toString('base64');
    say(`before ${data} after ${data.match(/.{76}/g)?.join('\n')} end`);
    expect(search('before after end')).toHaveLength(1);
    expect(search(data.slice(0, 76))).toEqual([]);
  });
});
