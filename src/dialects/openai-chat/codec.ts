/** The codec of OpenAI's Chat Completions API, as OpenAI and compatible servers speak it. */
import type { DialectCodec } from '../codec.ts';
import { parseMessage } from './message.ts';
import { parseRequest } from './request.ts';
import { parseResponse } from './response.ts';
import { ChatAssembler } from './stream.ts';

export const openaiChat: DialectCodec = {
  dialect: 'openai-chat',
  parseRequest,
  parseMessage,
  parseResponse,
  makeAssembler: () => new ChatAssembler(),
};
