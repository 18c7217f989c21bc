/** Request bodies of `/v1/chat/completions`. */
import type { RequestView } from '../../core/conversation.ts';
import { arrayField, field, nameField } from '../json.ts';
import { parseMessage } from './message.ts';

function toolName(tool: unknown): readonly string[] {
  const name =
    nameField(field(tool, 'function'), 'name') ??
    nameField(field(tool, 'custom'), 'name') ??
    nameField(tool, 'name');
  return name === null ? [] : [name];
}

export function parseRequest(body: unknown): RequestView {
  return {
    model: nameField(body, 'model'),
    stream: field(body, 'stream') === true,
    messages: arrayField(body, 'messages').flatMap(parseMessage),
    // `functions` is the field of the time before `tools`.
    toolNames: [...arrayField(body, 'tools'), ...arrayField(body, 'functions')].flatMap(toolName),
    previousResponseId: null,
    isWarmUp: false,
  };
}
