/**
 * Request bodies of `/v1/messages` and `/v1/messages/count_tokens` (the same shape without
 * `max_tokens`; only the path tells them apart, see auxiliary.ts). Claude Code puts messages of
 * role "system" inside `messages` as well.
 */
import type { Message, RequestView } from '../../core/conversation.ts';
import { arrayField, field, nameField } from '../json.ts';
import { roleOf } from '../parts.ts';
import { partsOfBlock, partsOfContent } from './blocks.ts';

/** An element of `messages`; also a bare block of `system`, which has no role. */
export function parseMessage(element: unknown): readonly Message[] {
  const role = nameField(element, 'role');
  if (role !== null) {
    return [{ role: roleOf(role), parts: partsOfContent(field(element, 'content')) }];
  }
  const parts = partsOfBlock(element);
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

function systemMessage(body: unknown): readonly Message[] {
  const parts = partsOfContent(field(body, 'system'));
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

/** A tool's name; an MCP toolset has only its server's; a bare provider tool only its type. */
function toolName(tool: unknown): readonly string[] {
  const name =
    nameField(tool, 'name') ?? nameField(tool, 'mcp_server_name') ?? nameField(tool, 'type');
  return name === null ? [] : [name];
}

export function parseRequest(body: unknown): RequestView {
  return {
    model: nameField(body, 'model'),
    stream: field(body, 'stream') === true,
    messages: [...systemMessage(body), ...arrayField(body, 'messages').flatMap(parseMessage)],
    toolNames: arrayField(body, 'tools').flatMap(toolName),
    previousResponseId: null,
    // `max_tokens: 0` fills the prompt cache and generates nothing.
    isWarmUp: field(body, 'max_tokens') === 0,
  };
}
