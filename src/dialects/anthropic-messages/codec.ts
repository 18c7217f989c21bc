/** The codec of Anthropic's Messages API. */
import type { DialectCodec } from '../codec.ts';
import { parseMessage, parseRequest } from './request.ts';
import { parseResponse } from './response.ts';
import { AnthropicAssembler } from './stream.ts';

export const anthropicMessages: DialectCodec = {
  dialect: 'anthropic-messages',
  parseRequest,
  parseMessage,
  parseResponse,
  makeAssembler: () => new AnthropicAssembler(),
};
