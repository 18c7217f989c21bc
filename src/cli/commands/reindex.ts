/** `lunaroute reindex`: reads the stored bytes again with this version's parsers. */
import { formatCount } from '../../core/format.ts';
import { reindex } from '../../store/reindex/reindex.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { pricerFor } from '../pricer.ts';

export async function runReindex(invocation: Invocation): Promise<number> {
  const { context, option, isJson } = invocation;
  const { print } = context;
  const since = option('since');
  let told = 0;
  const result = await reindex(loadFor(invocation).config.session_recording.sqlite.path, {
    since: typeof since === 'number' ? since : 0,
    price: pricerFor(invocation),
    onProgress: (read) => {
      if (isJson || read - told < PROGRESS_STEP) return;
      told = read;
      print.note(`${formatCount(read)} exchanges read …`);
    },
  });
  if (isJson) print.json(result);
  else {
    print.line(
      `${formatCount(result.read)} exchanges read again, ${formatCount(result.changed)} changed, ` +
        `${formatCount(result.skipped)} without anything to read`,
    );
  }
  return 0;
}

const PROGRESS_STEP = 5_000;
