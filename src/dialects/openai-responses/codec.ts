/** The codec of OpenAI's Responses API, over HTTP and WebSocket. */
import type { DialectCodec } from '../codec.ts';
import { parseMessage } from './items.ts';
import { parseRequest } from './request.ts';
import { parseResponse } from './response.ts';
import { ResponsesAssembler } from './stream.ts';

export const openaiResponses: DialectCodec = {
  dialect: 'openai-responses',
  parseRequest,
  parseMessage,
  parseResponse,
  makeAssembler: () => new ResponsesAssembler(),
};
