/**
 * `lunaroute reindex`: reads the stored bytes again with this version's parsers. A full-text index that
 * is damaged, or lacks sessions, is built anew first.
 */
import { formatCount } from '../../core/format.ts';
import { reindex } from '../../store/reindex/reindex.ts';
import { rebuildDamagedIndex } from '../../store/search/rebuild-index.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { pricerFor } from '../pricer.ts';

export async function runReindex(invocation: Invocation): Promise<number> {
  const { context, option, isJson } = invocation;
  const { print } = context;
  const since = option('since');
  const { path } = loadFor(invocation).config.session_recording.sqlite;
  const rebuilt = rebuildDamagedIndex(path, progress(invocation, 'exchanges indexed'));
  const result = await reindex(path, {
    since: typeof since === 'number' ? since : 0,
    price: pricerFor(invocation),
    onProgress: progress(invocation, 'exchanges read'),
  });
  if (isJson) print.json({ ...result, indexed: rebuilt?.indexed ?? null });
  else {
    if (rebuilt !== null) {
      print.line(
        `the search index was damaged and is built anew: ${formatCount(rebuilt.indexed)} exchanges`,
      );
    }
    print.line(
      `${formatCount(result.read)} exchanges read again, ${formatCount(result.changed)} changed, ` +
        `${formatCount(result.skipped)} without anything to read`,
    );
  }
  return 0;
}

const PROGRESS_STEP = 5_000;

/** A line now and then. */
function progress({ context, isJson }: Invocation, what: string): (done: number) => void {
  let told = 0;
  return (done) => {
    if (isJson || done - told < PROGRESS_STEP) return;
    told = done;
    context.print.note(`${formatCount(done)} ${what} …`);
  };
}
