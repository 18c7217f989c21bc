// What the page makes of addresses, foreign text and JSON, without a browser.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/core/conversation.ts';
import { shown, shownLine } from '../../../src/web/app/text/foreign.ts';
import { hasWords, jsonRows, pathsTo, prettyJson } from '../../../src/web/app/text/json.ts';
import { isPicture, picturesOf } from '../../../src/web/app/text/pictures.ts';
import {
  exchangePath,
  PAGES,
  pagePath,
  parentPath,
  routeOf,
  sessionPath,
} from '../../../src/web/app/text/route.ts';
import { joinTools } from '../../../src/web/app/text/tools.ts';

describe('addresses', () => {
  test('any id comes back from its address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 255 }), (id) => {
        const path = (address: string) => new URL(address, 'http://x').pathname;
        expect(routeOf(path(sessionPath(id, 'tools')))).toEqual({ page: 'session', id });
        expect(routeOf(path(exchangePath(id)))).toEqual({ page: 'exchange', id });
      }),
      // What a browser takes for folders.
      { examples: [['.'], ['..'], ['%2e'], ['~'], ['~..'], ['a/..']] },
    );
  });

  test('pages have one address each, and everything else is unknown', () => {
    for (const page of PAGES) expect(routeOf(pagePath(page))).toEqual({ page });
    for (const path of ['/nothing', '/sessions/a/b', '/exchanges/%E0%A4%A', '/dashboard']) {
      expect(routeOf(path)).toEqual({ page: 'unknown' });
    }
    expect(parentPath({ page: 'exchange', id: 'x' })).toBe('/sessions');
    expect(parentPath({ page: 'settings' })).toBe('/');
  });
});

describe('foreign text', () => {
  test('keeps what people write, and makes visible what deceives', () => {
    const friendly = 'Grüße 漢字 👩‍👩‍👧‍👦 שלום\n\ttab';
    expect(shown(friendly)).toBe(friendly);
    expect(shown('a\u202eb\u2066c\u0000d\u007f\u009b')).toBe('a\\u202eb\\u2066c␀d␡\\u009b');
    expect(shown('a\r\nb\rc')).toBe('a\nb␍c');
  });

  test('a line is one line, and short', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const line = shownLine(text, 50);
        expect(line).not.toMatch(/[\n\r\t\u202a-\u202e\u2066-\u2069]/);
      }),
    );
    expect(shownLine('x'.repeat(1_000_000), 50).length).toBeLessThanOrEqual(50);
  });
});

describe('JSON', () => {
  const value = { a: [1, { deep: 'Needle' }], b: null, needless: true };

  test('rows are those of the open members, in order', () => {
    const rows = jsonRows(value, new Set(['$', '$/a']));
    expect(rows.map(({ path, depth, size }) => [path, depth, size])).toEqual([
      ['$', 0, 3],
      ['$/a', 1, 2],
      ['$/a/0', 2, null],
      ['$/a/1', 2, 1],
      ['$/b', 1, null],
      ['$/needless', 1, null],
    ]);
  });

  test('a search opens the way to keys and values, to so many at most', () => {
    expect([...pathsTo(value, 'NEEDLE', 10)]).toEqual(['$', '$/a', '$/a/1']);
    expect([...pathsTo(value, 'needle', 1)]).toEqual(['$', '$/a', '$/a/1']);
    expect([...pathsTo(value, 'absent', 10)]).toEqual([]);
    expect(hasWords('needless', true, 'needle')).toBe(true);
    expect(hasWords('a', [], '[')).toBe(false);
  });

  test('is laid out only where it is JSON of more than one value', () => {
    expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
    for (const text of ['12', '"x"', '{"a":', 'plain']) expect(prettyJson(text)).toBe(text);
  });

  test('no depth of nesting ends it', () => {
    const deep = JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`);
    expect(jsonRows(deep, new Set(['$']))).toHaveLength(2);
    expect([...pathsTo(deep, 'x', 10)]).toEqual([]);
  });
});

describe('pictures', () => {
  test('bitmaps that came as data, in their order, and nothing else', () => {
    const png = 'data:image/png;base64,aaaa';
    const body = {
      messages: [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aaaa' } },
        { type: 'image', source: { type: 'url', url: 'https://evil.example/x.png' } },
        { type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,aaaa' } },
        { type: 'input_image', image_url: png },
      ],
    };
    expect(picturesOf(body)).toEqual([png, png]);
  });

  test.each([
    'https://evil.example/x.png',
    'data:image/svg+xml,<svg onload=alert(1)>',
    'data:text/html;base64,aaaa',
    'data:image/png;base64,"><script>',
    'javascript:alert(1)',
  ])('%s is none', (source) => {
    expect(isPicture(source)).toBe(false);
  });
});

describe('tool calls', () => {
  const call = (id: string, name: string) =>
    ({ type: 'tool-call', id, name, arguments: '{}' }) as const;
  const result = (id: string, text: string) =>
    ({ type: 'tool-result', id, text, isError: null }) as const;

  test('a result stands with the latest call of its id, once', () => {
    const [first, again] = [call('1', 'Bash'), call('1', 'Read')];
    const [one, two, three, orphan] = [
      result('1', 'one'),
      result('1', 'two'),
      result('1', 'three'),
      result('9', 'nobody asked'),
    ];
    const messages: Message[] = [
      { role: 'assistant', parts: [first] },
      { role: 'user', parts: [one, orphan] },
      { role: 'assistant', parts: [again] },
      { role: 'user', parts: [two, three] },
    ];
    const { resultOf, joined, names } = joinTools(messages, [call('2', 'Write')]);
    expect(resultOf.get(first)).toBe(one);
    expect(resultOf.get(again)).toBe(two);
    expect([...joined]).toEqual([one, two]);
    expect(names.get('2')).toBe('Write');
  });
});
