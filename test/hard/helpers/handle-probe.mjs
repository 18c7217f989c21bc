// Loaded into each thread of the program by NODE_OPTIONS: when the file LUNAROUTE_PROBE/ask-<n> appears,
// each thread collects its garbage and writes what it still holds to LUNAROUTE_PROBE/<n>-<thread>.json.
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { queryObjects } from 'node:v8';
import { threadId } from 'node:worker_threads';

const folder = process.env.HANDLE_PROBE;
const POLL_MS = 50;

if (folder !== undefined) {
  const timer = setTimeout(() => undefined, POLL_MS).unref();
  const { constructor: Timeout } = timer;
  let next = 1;
  const poll = setInterval(() => {
    if (!existsSync(join(folder, `ask-${next}`))) return;
    const file = join(folder, `${next}-${threadId}.json`);
    next += 1;
    writeFileSync(`${file}.part`, JSON.stringify(held(Timeout)));
    renameSync(`${file}.part`, file);
  }, POLL_MS);
  poll.unref();
}

/** queryObjects() collects garbage first. */
function held(Timeout) {
  return {
    timers: queryObjects(Timeout, { format: 'count' }),
    sockets: queryObjects(Socket, { format: 'count' }),
    requests: queryObjects(IncomingMessage, { format: 'count' }),
    resources: process.getActiveResourcesInfo().length,
  };
}
