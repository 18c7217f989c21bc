// The headers of both clients' requests and of their answers.
import type { Session } from './turn.ts';

export function requestHeaders({ id, isClaude }: Session, length: number): string[] {
  const pairs = isClaude
    ? [
        ['Accept', 'application/json'],
        ['Content-Type', 'application/json'],
        ['User-Agent', 'claude-cli/2.1.330 (external, cli)'],
        ['X-Claude-Code-Session-Id', id],
        ['X-Stainless-Arch', 'x64'],
        ['X-Stainless-Lang', 'js'],
        ['X-Stainless-OS', 'Linux'],
        ['X-Stainless-Package-Version', '1.12.0'],
        ['X-Stainless-Retry-Count', '0'],
        ['X-Stainless-Runtime', 'node'],
        ['X-Stainless-Timeout', '600'],
        [
          'anthropic-beta',
          'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27',
        ],
        ['anthropic-dangerous-direct-browser-access', 'true'],
        ['anthropic-version', '2023-06-01'],
        ['x-api-key', 'sk-ant-…wxyz'],
        ['x-app', 'cli'],
        ['Connection', 'keep-alive'],
        ['Host', '127.0.0.1:8081'],
        ['Accept-Encoding', 'gzip, deflate, br, zstd'],
        ['Content-Length', String(length)],
      ]
    : [
        ['host', '127.0.0.1:8081'],
        ['connection', 'Upgrade'],
        ['upgrade', 'websocket'],
        ['sec-websocket-version', '13'],
        ['openai-beta', 'responses_websockets=2026-02-06'],
        ['authorization', 'Bearer sk-…wxyz'],
        ['session-id', id],
        ['thread-id', id],
        ['x-client-request-id', id],
        ['originator', 'codex_cli_rs'],
        ['version', '0.169.0'],
        ['user-agent', 'codex_cli_rs/0.169.0 (Debian 12.0.0; x86_64)'],
      ];
  return pairs.flat();
}

export function responseHeaders({ isClaude }: Session, id: string): string[] {
  const unique = id.slice(-16);
  const pairs = isClaude
    ? [
        ['Date', 'Wed, 25 Nov 2026 10:00:00 GMT'],
        ['Content-Type', 'text/event-stream; charset=utf-8'],
        ['Transfer-Encoding', 'chunked'],
        ['Connection', 'keep-alive'],
        ['Cache-Control', 'no-cache'],
        ['anthropic-ratelimit-requests-limit', '4000'],
        ['anthropic-ratelimit-requests-remaining', '3999'],
        ['request-id', `req_011${unique}`],
        ['strict-transport-security', 'max-age=31536000; includeSubDomains; preload'],
        ['via', '1.1 google'],
        ['cf-cache-status', 'DYNAMIC'],
        ['server', 'cloudflare'],
        ['CF-RAY', `${unique}-FRA`],
      ]
    : [
        ['connection', 'Upgrade'],
        ['upgrade', 'websocket'],
        ['sec-websocket-accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
        ['x-request-id', `req_${unique.slice(0, 8)}`],
        ['server', 'cloudflare'],
      ];
  return pairs.flat();
}
