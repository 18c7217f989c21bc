// The built program with its own home, before a provider of the test, and what it recorded.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { databasePath } from '../../helpers/history.ts';
import {
  cleanEnv,
  type RunningServer,
  startServer,
  type TempHome,
  tempHome,
  until,
} from '../../helpers/program.ts';

/** Longest wait for the recorder to have written all: a slow machine is no failure. */
const RECORDER_PATIENCE_MS = 120_000;

export interface HardServer extends RunningServer {
  readonly home: TempHome;
  close(): Promise<void>;
}

interface HardOptions {
  readonly env?: Record<string, string>;
  /** YAML. */
  readonly config?: string;
}

/** Both vendors' requests go to `providerUrl`, unless the options say otherwise. */
export async function startHardServer(
  providerUrl: string,
  { env = {}, config }: HardOptions = {},
): Promise<HardServer> {
  const home = tempHome();
  if (config !== undefined) {
    mkdirSync(join(home.path, '.lunaroute'));
    writeFileSync(join(home.path, '.lunaroute/config.yaml'), config);
  }
  const server = await startServer(
    cleanEnv(home.path, {
      LUNAROUTE_ANTHROPIC_BASE_URL: providerUrl,
      LUNAROUTE_OPENAI_BASE_URL: providerUrl,
      LUNAROUTE_UI_ENABLED: 'false',
      ...env,
    }),
  );
  return {
    ...server,
    home,
    close: async () => {
      await server.stop();
      home.remove();
    },
  };
}

/** An exchange as its row has it. */
export interface RecordedRow {
  readonly target: string;
  readonly outcome: string | null;
  readonly errorCode: string | null;
  readonly status: number | null;
  readonly requestBytes: number;
  /** Hex, or null where some bytes never reached the recorder. */
  readonly requestSha256: string | null;
  readonly responseBytes: number | null;
  readonly responseSha256: string | null;
  readonly isPartial: number | null;
  /** null when nothing went to a provider. */
  readonly sentMs: number | null;
}

const ROWS = `SELECT target, outcome, error_code AS errorCode, status, request_bytes AS requestBytes,
  lower(hex(request_sha256)) AS requestSha256, response_bytes AS responseBytes,
  lower(hex(response_sha256)) AS responseSha256, is_partial AS isPartial, sent_ms AS sentMs
  FROM exchanges ORDER BY exchange_key`;

/** Oldest first; read by the thousand, so straight from the table. */
function recordedRows(home: string): RecordedRow[] {
  if (!existsSync(databasePath(home))) return [];
  const database = new Database(databasePath(home), { readonly: true });
  try {
    return database.prepare<[], RecordedRow>(ROWS).all();
  } finally {
    database.close();
  }
}

/** The rows that `isWanted` picks, once `count` of them have ended. */
export async function untilRecorded(
  home: string,
  count: number,
  isWanted: (row: RecordedRow) => boolean = () => true,
): Promise<RecordedRow[]> {
  let last = 0;
  try {
    return await until(
      `${count} exchanges to be recorded`,
      () => {
        const rows = recordedRows(home).filter(isWanted);
        const ended = rows.filter(({ outcome }) => outcome !== null);
        last = ended.length;
        return last >= count && last === rows.length ? rows : undefined;
      },
      RECORDER_PATIENCE_MS,
    );
  } catch (error) {
    throw new Error(`${error}; the last look found ${last} that had ended`);
  }
}
