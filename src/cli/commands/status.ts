/** `lunaroute status`: whether the server runs, since when, and where it sends requests. */
import { formatDuration } from '../../core/format.ts';
import { safeLine } from '../../core/text.ts';
import { clientUrl, shownUrl } from '../address.ts';
import { type Found, findServer } from '../background/find-server.ts';
import { logFile } from '../background/log-file.ts';
import type { ServerRecord } from '../background/server-record.ts';
import type { Context, Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { fileLink } from '../print.ts';
import { updateHint } from '../updates.ts';

/** Exit code 1 when it does not run, so that scripts can ask. */
export async function runStatus(invocation: Invocation): Promise<number> {
  const loaded = loadFor(invocation);
  const { config, dataDir } = loaded;
  const found = await findServer(dataDir, config.host, config.port);
  const { print } = invocation.context;
  const isRunning = found.kind === 'ours' || found.kind === 'other';
  if (invocation.isJson) print.json({ running: isRunning, port: config.port, ...found });
  else describe(invocation.context, found, config.port);
  const hint = updateHint(loaded, invocation.context);
  if (hint !== null) print.note(hint);
  return isRunning ? 0 : 1;
}

function describe(context: Context, found: Found, port: number): void {
  const { line, style } = context.print;
  switch (found.kind) {
    case 'ours':
      describeOwn(context, found.record);
      return;
    case 'other': {
      const { version, pid } = found.listener;
      line(
        `${style.good('running')}  LunaRoute ${safeLine(version)} of another data folder (pid ${pid})`,
      );
      return;
    }
    case 'foreign':
      line(`${style.bad('not running')}  port ${port} is taken by another program`);
      return;
    case 'silent':
      line(`${style.bad('not answering')}  pid ${found.record.pid} exists but does not answer`);
      return;
    case 'none':
      line(`${style.dim('not running')}  start it: lunaroute env, or lunaroute serve`);
  }
}

function describeOwn({ print, now }: Context, record: ServerRecord): void {
  const { line, style } = print;
  const up = formatDuration(Math.max(0, now() - record.startedAt));
  line(
    `${style.good('running')}  LunaRoute ${safeLine(record.version)}, pid ${record.pid}, up ${up}`,
  );
  line(`  Address    ${clientUrl(record.host, record.port)}`);
  for (const { name, baseUrl } of record.providers) {
    line(`  Provider   ${safeLine(name)}  ${safeLine(shownUrl(baseUrl))}`);
  }
  line(`  Data       ${fileLink(record.dataDir, style)}`);
  line(`  Log        ${fileLink(logFile(record.dataDir), style)} (of background servers)`);
}
