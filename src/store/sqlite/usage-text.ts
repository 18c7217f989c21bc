/**
 * The provider's usage object as it is stored. Its names are the same in every exchange and longer than
 * its numbers: deflated with them as the dictionary it takes a quarter of the room. Rows of earlier
 * versions hold plain JSON, and so do objects that do not become shorter.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Never edited: stored rows need it. */
const NAMES = Buffer.from(
  '{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}' +
    '{"input_tokens":0,"input_tokens_details":{"cached_tokens":0},"output_tokens":0,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":0}' +
    '{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":0,"server_tool_use":{"web_search_requests":0},"service_tier":"standard","inference_geo":""}',
);
/** Names and numbers fit; the default would set up 256 kB of tables for 200 bytes. */
const SMALL = { windowBits: 11, memLevel: 4, chunkSize: 1024 } as const;
/** No JSON begins so. */
const PACKED = '~';
/** Bounds what a damaged row can inflate to. An object that is larger, as a hostile answer may have it, stays JSON. */
const MAX_BYTES = 1024 * 1024;

/** Null for none. */
export function usageText(providerUsage: unknown): string | null {
  if (providerUsage == null) return null;
  const json = JSON.stringify(providerUsage);
  if (Buffer.byteLength(json) > MAX_BYTES) return json;
  const short = deflateRawSync(json, { dictionary: NAMES, ...SMALL }).toString('base64');
  return short.length < json.length - PACKED.length ? PACKED + short : json;
}

/** Throws on what is neither. */
export function usageOfText(text: string | null): unknown {
  if (text === null) return null;
  if (!text.startsWith(PACKED)) return JSON.parse(text);
  const json = inflateRawSync(Buffer.from(text.slice(PACKED.length), 'base64'), {
    dictionary: NAMES,
    maxOutputLength: MAX_BYTES,
  });
  return JSON.parse(json.toString('utf8'));
}
