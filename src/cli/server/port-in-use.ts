/** Why the server cannot listen, in words that say who holds the port and what to do. */
import { UserError } from '../../core/errors.ts';
import { probe } from '../background/probe.ts';
import type { ListenError } from './proxy-host.ts';

export async function listenProblem(
  error: ListenError,
  host: string,
  port: number,
): Promise<UserError> {
  if (error.code === 'EADDRINUSE') return await portInUse(host, port);
  if (error.code === 'EACCES') {
    return new UserError(`not allowed to listen on ${host} port ${port}`, {
      hint: 'choose a port above 1023: --port <number>',
    });
  }
  return new UserError(`cannot listen on ${host} port ${port}: ${error.message}`, {
    hint: 'is --host an address of this machine?',
  });
}

async function portInUse(host: string, port: number): Promise<UserError> {
  const listener = await probe(host, port);
  if (listener.kind !== 'lunaroute') {
    return new UserError(`port ${port} on ${host} is taken by another program`, {
      hint: `choose another port: --port ${port < 65_535 ? port + 1 : 8081}`,
    });
  }
  return new UserError(
    `LunaRoute ${listener.version} already runs on port ${port} (pid ${listener.pid})`,
    { hint: 'use it with `lunaroute env`; see `lunaroute status`; end it with `lunaroute stop`' },
  );
}
