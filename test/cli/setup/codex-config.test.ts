import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addBaseUrl, foreignProvider, removeBaseUrl } from '../../../src/cli/setup/codex-config.ts';

const URL = 'http://127.0.0.1:8081/v1';
const LINE = `openai_base_url = "${URL}" # lunaroute setup codex`;

const CONFIG = `# my settings
model = "gpt-5"   # the good one

notes = """
[not a table]
openai_base_url = "inside a string"
"""
list = [
  "a", # ]
  [1, 2],
]

[profiles.x]
openai_base_url = "of a profile"
`;

describe('the line in config.toml', () => {
  test('is added outside of every table; all else stays byte for byte', () => {
    const { text, added, removed } = addBaseUrl(CONFIG, URL);
    expect(text).toBe(`${LINE}\n${CONFIG}`);
    expect([added, removed]).toEqual([[LINE], []]);
    expect(removeBaseUrl(text).text).toBe(CONFIG);
  });

  test('takes the place of a person’s own, which the undo brings back', () => {
    const own = 'model = "x"\nopenai_base_url = "https://company.example/v1" # ours\n[tools]\n';
    const { text } = addBaseUrl(own, URL);
    expect(text.split('\n')).toEqual([
      'model = "x"',
      '# lunaroute setup codex replaced: openai_base_url = "https://company.example/v1" # ours',
      LINE,
      '[tools]',
      '',
    ]);
    expect(removeBaseUrl(text).text).toBe(own);
  });

  test('is replaced when the port changes, and there is only one', () => {
    const first = addBaseUrl(CONFIG, URL).text;
    expect(addBaseUrl(first, URL).text).toBe(first);
    const second = addBaseUrl(first, 'http://127.0.0.1:9000/v1').text;
    expect(second.match(/lunaroute setup codex/g)).toHaveLength(1);
    expect(removeBaseUrl(second).text).toBe(CONFIG);
  });

  test('keeps Windows line ends, and an empty file is enough', () => {
    expect(addBaseUrl('a = 1\r\n', URL).text).toBe(`${LINE}\r\na = 1\r\n`);
    expect(removeBaseUrl(addBaseUrl('', URL).text).text).toBe('');
  });

  test('undo gives any file back as it was', () => {
    const lines = fc.constantFrom(...CONFIG.split('\n'), "x = '''", 'openai_base_url = "y"', '"""');
    fc.assert(
      fc.property(fc.array(lines), (list) => {
        const text = list.join('\n');
        expect(removeBaseUrl(addBaseUrl(text, URL).text).text).toBe(text);
      }),
    );
  });

  test('says when another provider is chosen', () => {
    expect(foreignProvider('model_provider = "lab"\n[x]\n')).toBe('lab');
    expect(foreignProvider('model_provider = "openai"\n')).toBeNull();
    expect(foreignProvider('[profiles.x]\nmodel_provider = "lab"\n')).toBeNull();
  });
});
