/**
 * The three sessions that `lunaroute demo` plays. They show what a person meets on a working day: tool
 * calls that succeed and fail, thinking, a rate limit, an overloaded provider, and a prompt cache that
 * is lost because something in the system prompt has changed.
 */
import type { Usage } from '../core/usage.ts';
import type { Call, DemoSession, Refused, Spoken } from './session.ts';

type Counts = Partial<Usage> & Pick<Usage, 'input' | 'output'>;

function spoken(
  counts: Counts,
  says: { thinking?: string; text?: string; calls?: readonly Call[] },
): Spoken {
  const usage = { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0, ...counts };
  return { kind: 'spoken', thinking: '', text: '', calls: [], ...says, usage };
}

function refused(
  status: number,
  error: Refused['error'],
  headers: Refused['headers'] = {},
): Refused {
  return { kind: 'refused', status, error, headers, retryMs: 1000 };
}

const RULES =
  `You are a coding agent in a terminal. Work in small steps, read before you write, run the
tests after each change, and say plainly what you found. `.repeat(40);

const claude: DemoSession = {
  id: '0c5f2a91-6d1e-4b7a-9f0e-2b8f4c61d701',
  model: 'claude-opus-5-5',
  system: `${RULES}\nWorking directory: /home/ada/shop. Git status: clean.`,
  changedSystem: {
    from: 4,
    text: `${RULES}\nWorking directory: /home/ada/shop. Git status: 1 file changed.`,
  },
  tools: ['Bash', 'Edit', 'Grep', 'Read'],
  prompt: 'The checkout test fails since yesterday. Find out why and mend it.',
  answers: [
    spoken(
      { input: 18_913, cacheWrite5m: 18_402, output: 187 },
      {
        thinking:
          'The person says a test fails. Before reading any code I should see the failure itself: which test, which assertion, which numbers.',
        text: 'I will run the test first, to see how it fails.',
        calls: [
          {
            id: 'toolu_demo_01',
            name: 'Bash',
            input: { command: 'npm test -- checkout', description: 'Run the checkout test' },
            result:
              'FAIL test/checkout.test.ts\n  × adds the discount before the tax\n    expected 107.10, received 109.00\n\nTests: 1 failed, 11 passed',
            isError: true,
            ms: 900,
          },
        ],
      },
    ),
    spoken(
      { input: 19_304, cacheRead: 18_402, cacheWrite5m: 871, output: 164 },
      {
        text: 'The tax is added before the discount. I look at the sum and at who calls it.',
        calls: [
          {
            id: 'toolu_demo_02',
            name: 'Read',
            input: { file_path: '/home/ada/shop/src/cart/total.ts' },
            result:
              '1  export function total(cart: Cart): number {\n2    const taxed = cart.sum * (1 + cart.taxRate);\n3    return taxed - cart.discount;\n4  }',
            ms: 120,
          },
          {
            id: 'toolu_demo_03',
            name: 'Grep',
            input: { pattern: 'total\\(', path: 'src' },
            result: 'src/cart/total.ts:1\nsrc/checkout/receipt.ts:14',
            ms: 180,
          },
        ],
      },
    ),
    refused(
      429,
      { type: 'rate_limit_error', message: 'This request would exceed your rate limit.' },
      { 'retry-after': '1' },
    ),
    spoken(
      { input: 20_118, cacheRead: 19_273, cacheWrite5m: 812, output: 241 },
      {
        thinking:
          'total() multiplies first and subtracts afterwards. The discount has to come off the sum before the tax.',
        text: 'The discount must come off before the tax. One line changes.',
        calls: [
          {
            id: 'toolu_demo_04',
            name: 'Edit',
            input: {
              file_path: '/home/ada/shop/src/cart/total.ts',
              old_string: 'return taxed - cart.discount;',
              new_string: 'return (cart.sum - cart.discount) * (1 + cart.taxRate);',
            },
            result: 'The file has been updated.',
            ms: 90,
          },
        ],
      },
    ),
    spoken(
      { input: 20_569, cacheWrite5m: 20_511, output: 96 },
      {
        text: 'Now the test again.',
        calls: [
          {
            id: 'toolu_demo_05',
            name: 'Bash',
            input: { command: 'npm test -- checkout', description: 'Run the checkout test again' },
            result: 'PASS test/checkout.test.ts\n\nTests: 12 passed',
            ms: 800,
          },
        ],
      },
    ),
    spoken(
      { input: 20_742, cacheRead: 20_511, cacheWrite5m: 204, output: 131 },
      {
        text: 'Mended: `total()` took the discount off after the tax. It now comes off before, and all 12 checkout tests pass. The only other caller, the receipt, needs no change.',
      },
    ),
  ],
};

const codex: DemoSession = {
  id: '019ab6f2-41d7-7c53-8a10-5e2f7d9c0b32',
  model: 'gpt-5-codex',
  system: `${RULES}\nYou may run commands in the sandbox.`,
  changedSystem: null,
  tools: ['exec_command'],
  prompt: 'Which of our dependencies are unused? Remove them.',
  answers: [
    spoken(
      { input: 9_120, output: 148, reasoning: 96 },
      {
        thinking: 'I should compare package.json with what the source imports.',
        calls: [
          {
            id: 'call_demo_01',
            name: 'exec_command',
            input: { cmd: 'npx knip --dependencies' },
            result:
              'Exit code: 0\nOutput:\nUnused dependencies (2)\nlodash  package.json\nmoment  package.json',
            ms: 1100,
          },
        ],
      },
    ),
    spoken(
      { input: 9_391, cacheRead: 8_960, output: 83, reasoning: 32 },
      {
        thinking: 'Two of them. Remove both and run the tests.',
        calls: [
          {
            id: 'call_demo_02',
            name: 'exec_command',
            input: { cmd: 'npm rm lodash moment && npm test' },
            result: 'Exit code: 0\nOutput:\nremoved 2 packages\nTests: 240 passed',
            ms: 1300,
          },
        ],
      },
    ),
    spoken(
      { input: 9_574, cacheRead: 9_344, output: 71, reasoning: 16 },
      {
        thinking: 'All is well.',
        text: 'lodash and moment were unused; both are removed and all 240 tests pass.',
      },
    ),
  ],
};

const chat: DemoSession = {
  id: 'docs-assistant-4711',
  model: 'gpt-5.5',
  system: 'You answer questions about our handbook. Search before you answer.',
  changedSystem: null,
  tools: ['search_handbook'],
  prompt: 'How long do we keep invoices?',
  answers: [
    spoken(
      { input: 412, output: 38, reasoning: 12 },
      {
        calls: [
          {
            id: 'call_demo_11',
            name: 'search_handbook',
            input: { query: 'retention of invoices' },
            result:
              'Finance, section 4.2: invoices are kept for ten years after the end of the year.',
            ms: 350,
          },
        ],
      },
    ),
    refused(503, { type: 'server_error', message: 'The server is overloaded. Please retry.' }),
    spoken(
      { input: 497, output: 44, reasoning: 8 },
      {
        text: 'Ten years, counted from the end of the year they were written in (Finance, section 4.2).',
      },
    ),
  ],
};

export const DEMO = { claude, codex, chat } as const;
