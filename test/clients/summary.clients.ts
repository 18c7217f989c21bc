// The statistics at shutdown after a real Claude Code run and a real Codex run, line by line. The
// fake provider's numbers are known: Claude 21,000 in (18,000 read, 600 written) and 154 out over two
// requests; Codex 4,000 in (3,000 read) and 110 out (40 of reasoning).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLIENT_SCRIPTS, CLIENTS_DIR } from '../helpers/clients.ts';
import { startFakeProvider } from '../helpers/fake-provider.ts';
import { cleanEnv, startServer, tempHome } from '../helpers/program.ts';

function runClient(
  script: string,
  port: number,
  env: Record<string, string> = {},
): Promise<number | null> {
  const child = spawn('bash', [join(CLIENT_SCRIPTS, script), String(port)], {
    env: { ...process.env, CLIENTS_DIR, ...env },
    stdio: 'ignore',
  });
  return new Promise((resolve) => child.once('close', resolve));
}

const TIME = String.raw`\d[\d.]*(?:ms|s)`;

function block(title: string, lines: readonly string[], cost: string | null): RegExp {
  const speed = [
    '',
    '  Performance:',
    `    Avg response time: ${TIME}`,
    String.raw`    Proxy overhead:    ${TIME} total \(\d+\.\d%\)`,
    String.raw`    Provider latency:  ${TIME} \(\d+\.\d%\)`,
  ];
  const money = cost === null ? [] : [`  Cost:            ${cost}`];
  return new RegExp(`^${[title, ...lines, ...speed, ...money].join('\n')}$`, 'm');
}

const row = (label: string, value: string): string => `  ${label.padEnd(17)}${value}`;
const CLAUDE = [
  row('Requests:', '2'),
  row('Input tokens:', '21,000'),
  row('  Cache read:', '18,000'),
  row('  Cache write:', '600'),
  row('Output tokens:', '154'),
  row('Total tokens:', '21,154'),
  '',
  '  Tool usage:',
  String.raw`    Bash: 1 call \(avg ${TIME}\)`,
];
const CODEX = [
  row('Requests:', '2'),
  row('Input tokens:', '4,000'),
  row('  Cache read:', '3,000'),
  row('Output tokens:', '110'),
  row('Thinking tokens:', '40'),
  row('Total tokens:', '4,110'),
  '',
  '  Tool usage:',
  String.raw`    exec: 1 call \(avg ${TIME}\)`,
];
const BOTH = [
  row('Requests:', '4'),
  row('Input tokens:', '25,000'),
  row('  Cache read:', '21,000'),
  row('  Cache write:', '600'),
  row('Output tokens:', '264'),
  row('Thinking tokens:', '40'),
  row('Total tokens:', '25,264'),
  '',
  '  Tool usage:',
  String.raw`    Bash: 1 call \(avg ${TIME}\)`,
  String.raw`    exec: 1 call \(avg ${TIME}\)`,
];

describe('the summary at shutdown', () => {
  it('is right for Claude Code and Codex, line by line', { timeout: 120_000 }, async () => {
    const home = tempHome();
    const provider = await startFakeProvider(join(home.path, 'provider.log'));
    const urls = ['--openai-base-url', provider.url, '--anthropic-base-url', provider.url];
    const server = await startServer(cleanEnv(home.path), urls);
    try {
      expect(await runClient('run-claude.sh', server.port)).toBe(0);
      expect(await runClient('run-codex.sh', server.port, { MODE: 'provider' })).toBe(0);
      expect(await server.stop()).toBe(0);
      const output = server.output();
      const summary = output.slice(output.indexOf('📊'));
      expect(summary).toMatch(block('Session: [0-9a-f-]{36}', CLAUDE, String.raw`\$0.0193 USD`));
      expect(summary).toMatch(block('Session: [0-9a-f-]{36}', CODEX, 'unknown'));
      expect(summary).toMatch(block('All sessions: 2', BOTH, null));
      // 2,400 × 4 + 18,000 × 0.2 + 600 × 5 + 154 × 20 µ$; Codex's model has no price.
      expect(summary).toContain('💰 Estimated cost: ≥ $0.0193 USD (2 exchanges without a price)\n');
      expect(summary).toContain('\nBy model:\n');
      expect(summary).toMatch(/^ {2}claude-opus-5-5: +2 requests, 21,000 in, 154 out, \$0\.0193$/m);
      expect(summary).toMatch(/^ {2}gpt-\S+: +2 requests, 4,000 in, 110 out, unknown$/m);
      const slow = /^ {2}\S+: +\d[\d.]*(?:ms|s), first token after \d+ms, session [0-9a-f]{8}$/gm;
      expect(summary.match(slow)).toHaveLength(4);
      expect(summary).not.toContain('Not completed');
    } finally {
      await server.stop();
      provider.stop();
      home.remove();
    }
  });
});
