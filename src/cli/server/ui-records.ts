/**
 * What the page of a running server shows and may change: the history of its own database, opened
 * when it is first asked for, the prices, the configuration, and deletion in both stores.
 */
import { priceSources } from '../../config/options.ts';
import type { Pricer } from '../../core/cost.ts';
import type { LiveSource } from '../../core/live-source.ts';
import type { History } from '../../core/ports.ts';
import { readPriceData } from '../../prices/data-file.ts';
import { makePricer } from '../../prices/pricer.ts';
import { PriceTable } from '../../prices/table.ts';
import { openHistory } from '../../store/history/sqlite-history.ts';
import { deleteFromStores, setPinned } from '../../store/upkeep/upkeep.ts';
import type { Records } from '../../web/server/records.ts';
import { runSteps } from '../run-steps.ts';
import { configView } from '../view/config-view.ts';
import type { Start } from './start-summary.ts';

export interface UiRecords extends Records {
  close(): void;
}

export function uiRecords({ loaded, recorder }: Start, source: () => LiveSource): UiRecords {
  const { config, dataDir } = loaded;
  const { sqlite, jsonl } = config.session_recording;
  const places = { sqlitePath: sqlite.path, jsonlDirectory: jsonl.directory };
  let history: History | null = null;
  let pricer: Pricer | null = null;
  return {
    source,
    history: () => {
      if (recorder.sqlitePath === null) return null;
      history ??= openHistory(recorder.sqlitePath);
      return history;
    },
    price: (what) => {
      pricer ??= readPrices(config, dataDir);
      return pricer(what);
    },
    config: () => configView(loaded),
    deleteSession: async (sessionId) => {
      await runSteps(deleteFromStores(places, [sessionId]));
    },
    setPinned: (sessionId, isPinned) => setPinned(sqlite.path, sessionId, isPinned),
    close: () => history?.close(),
  };
}

function readPrices(config: Start['loaded']['config'], dataDir: string): Pricer {
  const { overrides, dataFile } = priceSources(config, dataDir);
  return makePricer(new PriceTable(overrides, readPriceData(dataFile)));
}
