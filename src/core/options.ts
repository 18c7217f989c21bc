/**
 * Configuration as the workers receive it: plain typed slices, already validated, with `~` and
 * `${VAR}` expanded. src/config makes them; nothing else reads the environment or a file.
 */
import type { RetentionOptions } from './retention.ts';

export type ProviderType = 'openai' | 'anthropic' | 'chatgpt';

export interface ProviderOptions {
  readonly name: string;
  readonly type: ProviderType;
  /** Origin and optional path prefix; `/v1/...` of the request is appended as it is. */
  readonly baseUrl: string;
  /** Used when the client sent no credential (or a placeholder), or always when `auth` says so. */
  readonly apiKey: string | null;
  readonly auth: 'fallback' | 'always';
  /** Codex's auth.json, for requests with no credential where there is no apiKey; null: not used. */
  readonly codexAuth: string | null;
  /** Longest silence between two bytes of an answer, and before its head. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly poolMaxIdle: number;
  readonly poolIdleTimeoutMs: number;
  /** TCP keep-alive probe delay. */
  readonly tcpKeepAliveMs: number;
  /** Further attempts when not one byte can have reached the provider. */
  readonly maxRetries: number;
  /** Forward proxy for this upstream (HTTP_PROXY, HTTPS_PROXY), or null. */
  readonly proxyUrl: string | null;
}

/** A rule of the config: the first whose pattern matches the request's model decides. */
interface RouteRule {
  /** Glob over the model name: `*` matches any run of characters. */
  readonly model: string;
  readonly provider: string;
}

export interface ProxyOptions {
  readonly host: string;
  readonly port: number;
  readonly version: string;
  /** Random per process: lets `env` and `status` tell our server from any other listener. */
  readonly instanceId: string;
  readonly dialects: 'both' | 'openai' | 'anthropic';
  readonly providers: readonly ProviderOptions[];
  readonly routes: readonly RouteRule[];
  /** Pass unknown paths to the provider; otherwise they are answered 404. */
  readonly bypass: boolean;
  /** Host names accepted besides loopback's and the bind address. */
  readonly allowedHosts: readonly string[];
  /** What a client must show; null: nothing. */
  readonly authToken: string | null;
  /** Bytes of a request body that are buffered before forwarding; longer bodies are streamed. */
  readonly maxBufferedBody: number;
  /** Bound of the queue to the recorder, in bytes. */
  readonly maxQueuedBytes: number;
}

/** A price of the configuration: USD per million tokens; `webSearch` per thousand requests. */
export interface PriceOverride {
  /** Glob over the model name. */
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  readonly cacheWrite1h: number | null;
  readonly webSearch: number | null;
}

export interface PriceSources {
  readonly overrides: readonly PriceOverride[];
  /** What `lunaroute prices update` wrote; it need not exist. */
  readonly dataFile: string;
}

/** What stands in the place of a value: `[EMAIL]`, nothing, `[EMAIL:a3f8e9d2]`, its last characters. */
export type RedactionMode = 'mask' | 'remove' | 'tokenize' | 'partial';

export interface CustomPattern {
  readonly name: string;
  /** RE2 syntax. */
  readonly pattern: string;
  readonly confidence: number;
  /** null: as all personal data. */
  readonly mode: RedactionMode | null;
  readonly placeholder: string | null;
}

export type PersonalType = 'EMAIL' | 'PHONE' | 'SSN' | 'CREDIT_CARD' | 'IP_ADDRESS';

export interface RedactionOptions {
  /** Keys, tokens, passwords. */
  readonly secrets: boolean;
  /** Kinds of personal data that are looked for; none when personal data is left alone. */
  readonly personal: readonly PersonalType[];
  /** 0 to 1; what is less certain stays. */
  readonly minConfidence: number;
  readonly mode: RedactionMode;
  /** Last characters that `partial` leaves. */
  readonly partialShowChars: number;
  readonly customPatterns: readonly CustomPattern[];
  /** Key of the HMAC that makes tokens. */
  readonly tokenKey: string;
}

export interface RecorderOptions {
  readonly prices: PriceSources;
  readonly sqlitePath: string | null;
  readonly jsonlDirectory: string | null;
  /** Bytes of one body that are kept; of the rest only length and hash. */
  readonly maxBodyBytes: number;
  /** null: everything is stored as it came. */
  readonly redaction: RedactionOptions | null;
  readonly retention: RetentionOptions;
}
