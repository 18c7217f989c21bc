/** Writes the head of a provider's answer to the client, byte for byte, at once; gives its body. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AnswerBody } from './answer-body.ts';
import { wireStatusText } from './headers.ts';

export function writeAnswerHead(
  res: ServerResponse,
  status: number,
  statusText: string | undefined,
  headers: string[],
): AnswerBody {
  // HTTP/1.1 needs no header to keep a connection; without this node:http would add two.
  if (res.shouldKeepAlive && res.req.httpVersionMinor > 0) res.removeHeader('connection');
  holdUntilNextTick(res.socket);
  res.writeHead(status, wireStatusText(statusText), headers);
  // Sends the head at once, as flushHeaders() does, but not in UTF-8: header values are latin1.
  res.write('', 'latin1');
  return new AnswerBody(res);
}

/** Lets the head and the first chunk, when both came in one read, leave in one write. */
function holdUntilNextTick(socket: Socket | null): void {
  if (socket === null) return;
  socket.cork();
  process.nextTick(() => socket.uncork());
}
