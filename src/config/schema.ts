/**
 * Every configuration key: its type, default and meaning, in one place. The loader, `config show`,
 * did-you-mean and the conversion of environment variables are all derived from this schema, so a
 * key that is not here does not exist, and a key that is here does what its text says.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { isHttpUrl, updatesSchema } from './network-schema.ts';
import { piiSchema, secretsSchema } from './redaction-schema.ts';

/** Compiled parsers pay for themselves after hundreds of values; a process reads its configuration once. */
z.config({ jitless: true });

const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;
const PROVIDER_TYPES = ['openai', 'anthropic', 'chatgpt'] as const;

/** Longest wait that Node's timers can count, in seconds. */
const MAX_TIMER_SECS = 2_147_483;

const secs = () => z.int().min(1).max(MAX_TIMER_SECS);
const portNumber = () => z.int().min(0).max(65_535);
const megabytes = () => z.int().min(1).max(2048);

const httpClient = z
  .strictObject({
    timeout_secs: secs()
      .default(600)
      .describe('Longest silence before and within an answer, in seconds.'),
    connect_timeout_secs: secs().default(10).describe('Longest wait for a connection, in seconds.'),
    pool_max_idle_per_host: z
      .int()
      .min(0)
      .max(10_000)
      .default(32)
      .describe('Idle connections kept open for reuse.'),
    pool_idle_timeout_secs: secs()
      .default(90)
      .describe('An idle connection is closed after so many seconds.'),
    tcp_keepalive_secs: secs().default(60).describe('Delay of TCP keep-alive probes, in seconds.'),
    max_retries: z
      .int()
      .min(0)
      .max(20)
      .default(3)
      .describe('Further attempts when not one byte can have reached the provider.'),
  })
  .prefault({});

const provider = z.strictObject({
  enabled: z.boolean().default(true).describe('Send requests to this provider.'),
  type: z
    .enum(PROVIDER_TYPES)
    .optional()
    .describe('Whose API it speaks: openai, anthropic or chatgpt.'),
  base_url: z
    .string()
    .refine(isHttpUrl, 'expected an http:// or https:// URL without query or fragment')
    .optional()
    .describe('Where its API is; the path of a request is appended.'),
  api_key: z
    .string()
    .min(1)
    .optional()
    .describe('Used when the client sent no credential of its own.'),
  auth: z
    .enum(['fallback', 'always'])
    .default('fallback')
    .describe('always: use api_key even when the client sent a credential.'),
  codex_auth: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Codex's auth.json (~/.codex/auth.json): used when neither the client nor api_key has a key.",
    ),
  http_client: httpClient,
});

const usd = () => z.number().min(0).max(1_000_000);

const price = z.strictObject({
  model: z.string().min(1).describe('Pattern of a model name; * matches anything.'),
  input: usd().describe('USD per million input tokens.'),
  output: usd().describe('USD per million output tokens.'),
  cache_read: usd().optional().describe('USD per million tokens read from the cache.'),
  cache_write: usd().optional().describe('USD per million tokens written to the cache.'),
  cache_write_1h: usd().optional().describe('The same, kept for an hour.'),
  web_search: usd().optional().describe('USD per thousand web searches.'),
});

const days = (least: number) => z.int().min(least).max(36_500);
const sizeLimit = () =>
  z
    .int()
    .min(1)
    .max(1024 * 1024 * 1024);

const sqliteRetention = z
  .strictObject({
    max_age_days: days(1)
      .optional()
      .describe('Delete sessions from SQLite that rested for so many days.'),
    max_size_mb: sizeLimit()
      .optional()
      .describe('Keep the database below so many megabytes: the oldest sessions go.'),
  })
  .prefault({});

const jsonlRetention = z
  .strictObject({
    max_age_days: days(1).optional().describe('Delete JSONL files older than so many days.'),
    max_size_mb: sizeLimit()
      .optional()
      .describe('Keep at most so many megabytes of JSONL: the oldest days go.'),
    compress_after_days: days(0)
      .optional()
      .describe('Compress JSONL files (zstd) after so many days.'),
  })
  .prefault({});

const sessionRecording = (dataDir: string) =>
  z
    .strictObject({
      enabled: z.boolean().default(true).describe('Record every request and response.'),
      max_body_mb: megabytes()
        .default(64)
        .describe('Megabytes of one body that are kept; of the rest only length and hash.'),
      sqlite: z
        .strictObject({
          enabled: z
            .boolean()
            .default(true)
            .describe('Record to SQLite (sessions, stats, search).'),
          path: z
            .string()
            .min(1)
            .default(join(dataDir, 'sessions.db'))
            .describe('The SQLite database file.'),
          retention: sqliteRetention,
        })
        .prefault({}),
      jsonl: z
        .strictObject({
          enabled: z.boolean().default(true).describe('Record to JSONL files (tail, grep, jq).'),
          directory: z
            .string()
            .min(1)
            .default(join(dataDir, 'sessions'))
            .describe('The folder of the JSONL files.'),
          retention: jsonlRetention,
        })
        .prefault({}),
      secrets: secretsSchema,
      pii: piiSchema,
    })
    .prefault({});

const metrics = z
  .strictObject({
    enabled: z.boolean().default(false).describe('Serve Prometheus metrics at /metrics.'),
    host: z.string().min(1).default('127.0.0.1').describe('Address of the metrics.'),
    port: portNumber().default(8083).describe('Port of the metrics; 0 takes any free one.'),
  })
  .prefault({});

const otel = z
  .strictObject({
    endpoint: z
      .string()
      .refine(isHttpUrl, 'expected an http:// or https:// URL without query or fragment')
      .optional()
      .describe('OTLP receiver that gets a span for each exchange, such as http://127.0.0.1:4318.'),
    headers: z
      .record(z.string().min(1), z.string())
      .default({})
      .describe('Headers for the receiver, such as its API key.'),
    content: z.boolean().default(false).describe('Send prompts, answers and tool arguments, too.'),
  })
  .prefault({});

/** As HTTP headers can carry it. */
function authToken() {
  return z
    .string()
    .regex(/^[!-~]{16,256}$/, 'expected 16 to 256 letters, digits and signs, without spaces');
}

const ui = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Serve the web page and its API, and let further `lunaroute` screens attach.'),
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Address of the web page; one that is not loopback needs ui.auth_token.'),
    port: portNumber()
      .default(8082)
      .describe('Port of the web page; when it is taken, any free one.'),
    auth_token: authToken()
      .optional()
      .describe('What a browser must give as the password before it sees anything.'),
  })
  .prefault({});

const server = z
  .strictObject({
    auth_token: authToken()
      .optional()
      .describe('What clients must show: as x-lunaroute-token, or as their API key.'),
    insecure: z
      .boolean()
      .default(false)
      .describe('Listen beyond this machine without auth_token: everyone there can use it.'),
  })
  .prefault({});

/** The schema, with the defaults of a given data folder. */
export function configSchema(dataDir: string) {
  return z.strictObject({
    host: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
    port: portNumber().default(8081).describe('Port to listen on; 0 takes any free one.'),
    allowed_hosts: z
      .array(z.string().min(1))
      .default([])
      .describe('Host names accepted besides localhost and the listening address.'),
    server,
    api_dialect: z
      .enum(['both', 'openai', 'anthropic'])
      .default('both')
      .describe('Which APIs are served.'),
    max_buffered_body_mb: megabytes()
      .default(32)
      .describe('Megabytes of a request body held before forwarding; longer ones are streamed.'),
    providers: z.record(z.string().regex(/^[\w-]{1,64}$/), provider.prefault({})).prefault({}),
    routes: z
      .array(
        z.strictObject({
          model: z.string().min(1).describe('Pattern of a model name; * matches anything.'),
          provider: z.string().min(1).describe('Name of the provider that gets it.'),
        }),
      )
      .default([])
      .describe('Rules from model to provider; the first that matches wins.'),
    prices: z
      .array(price)
      .default([])
      .describe('Own prices, before the built-in table; the first whose pattern matches wins.'),
    session_recording: sessionRecording(dataDir),
    bypass: z
      .strictObject({
        enabled: z
          .boolean()
          .default(true)
          .describe('Pass unknown paths to the provider; otherwise they are answered 404.'),
      })
      .prefault({}),
    ui,
    metrics,
    otel,
    logging: z
      .strictObject({
        level: z.enum(LOG_LEVELS).default('info').describe('error, warn, info, debug or trace.'),
        log_requests: z.boolean().default(false).describe('Print one line for each request.'),
      })
      .prefault({}),
    updates: updatesSchema,
  });
}

export type ConfigSchema = ReturnType<typeof configSchema>;
export type Config = z.output<ConfigSchema>;
export type ProviderConfig = Config['providers'][string];

/** What a provider is unless the configuration says otherwise; the names of the original. */
export const BUILT_IN_PROVIDERS = {
  anthropic: { type: 'anthropic', base_url: 'https://api.anthropic.com' },
  openai: { type: 'openai', base_url: 'https://api.openai.com' },
  chatgpt: { type: 'chatgpt', base_url: 'https://chatgpt.com' },
} as const;
