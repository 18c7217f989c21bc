/** The only list of dialects. Codecs hold no state: one object each serves all exchanges. */
import type { Dialect } from '../core/conversation.ts';
import { anthropicMessages } from './anthropic-messages/codec.ts';
import type { DialectCodec } from './codec.ts';
import { openaiChat } from './openai-chat/codec.ts';
import { openaiResponses } from './openai-responses/codec.ts';

const CODECS: Readonly<Record<Dialect, DialectCodec>> = {
  'anthropic-messages': anthropicMessages,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
};

export function codecFor(dialect: Dialect): DialectCodec {
  return CODECS[dialect];
}
