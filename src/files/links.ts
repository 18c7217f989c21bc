/**
 * Records stay where they belong: whoever can put a link among them would have them written, cut or
 * deleted elsewhere. The data folder itself may be a link, for a person may keep it on another disk.
 */
import { constants, lstatSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../core/errors.ts';

/** Windows has no such flag: there the look before is all. */
const NOT_THROUGH_A_LINK: number = constants.O_NOFOLLOW ?? 0;

/** Throws a UserError when there is a link, wherever it leads. */
export function refuseLink(path: string): void {
  // resolve() takes a closing slash away, behind which the system would look through the link.
  if (lstatSync(resolve(path), { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new UserError(`${path} is a link, and records are not written through links.`, {
      hint: 'Remove it, put what it leads to in its place, or name that in the configuration.',
    });
  }
}

/** A descriptor for writing, of a file (0600) that is made if need be. Throws on a link. */
export function openForWriting(path: string, how: 'append' | 'truncate'): number {
  refuseLink(path);
  const { O_WRONLY, O_CREAT, O_APPEND, O_TRUNC } = constants;
  const start = how === 'append' ? O_APPEND : O_TRUNC;
  return openSync(path, O_WRONLY | O_CREAT | start | NOT_THROUGH_A_LINK, 0o600);
}
