// All that a run of the tests puts into the temporary folder, tmux's sockets included, goes with the run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function giveRunItsFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'lunaroute-run-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
