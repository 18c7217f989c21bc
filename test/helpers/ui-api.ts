// A UI server over a real store, asked over real sockets with any headers.
import http from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FlowEvent } from '../../src/core/events.ts';
import type { LiveSource, LiveUpdate } from '../../src/core/live-source.ts';
import { emptyLiveState, reduceLiveState } from '../../src/core/live-state.ts';
import type { History } from '../../src/core/ports.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import { deleteFromStores, setPinned } from '../../src/store/upkeep/upkeep.ts';
import { startUiServer } from '../../src/web/server/ui-server.ts';
import { recordSessions } from './screen-history.ts';
import { makeSink, START, tempFolder } from './store-items.ts';

/** Whatever JSON said: tests look into it with expectations. */
export type Json = ReturnType<typeof JSON.parse>;

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  json(): Json;
}

export interface UiApi {
  readonly port: number;
  readonly history: History;
  /** `path` goes on the wire as it is. */
  ask(path: string, options?: Asked): Promise<Answer>;
  tell(event: FlowEvent): void;
}

interface Asked {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
}

export interface UiApiOptions {
  readonly sessions?: number;
  readonly record?: (path: string) => void;
  readonly authToken?: string | null;
  readonly pageFolder?: string;
}

export async function startUiApi(options: UiApiOptions = {}): Promise<UiApi> {
  const folder = tempFolder();
  const path = join(folder, 'sessions.db');
  const sink = makeSink(path);
  recordSessions(sink, options.sessions ?? 3);
  options.record?.(path);
  const history = openHistory(path);
  onTestFinished(() => history.close());
  const { source, tell } = liveSource();
  const server = await startUiServer({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    token: 'screen-token',
    authToken: options.authToken ?? null,
    pageFolder: options.pageFolder ?? folder,
    records: {
      source: () => source,
      history: () => history,
      price: () => null,
      config: () => ({
        file: null,
        dataDir: folder,
        values: [{ key: 'port', value: 8081, source: 'default', help: 'Port.' }],
      }),
      deleteSession: async (id) => {
        const places = { sqlitePath: path, jsonlDirectory: join(folder, 'sessions') };
        for (const step of deleteFromStores(places, [id])) void step;
      },
      setPinned: (id, isPinned) => setPinned(path, id, isPinned),
    },
  });
  onTestFinished(() => server.close());
  const { port } = server;
  return { port, history, ask: (target, asked) => ask(port, target, asked), tell };
}

/** A running server's state without one: what it is told goes through the real reducer. */
export function liveSource(): { source: LiveSource; tell: (event: FlowEvent) => void } {
  let state = emptyLiveState();
  const listeners = new Set<(update: LiveUpdate) => void>();
  const source: LiveSource = {
    facts: {
      version: '1.2.3',
      pid: 1,
      url: 'http://127.0.0.1:1',
      startedAt: START,
      isRecording: true,
      exposure: null,
      uiUrl: null,
    },
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    source,
    tell: (event) => {
      state = reduceLiveState(state, event);
      for (const listener of listeners) listener({ type: 'event', event });
    },
  };
}

function ask(port: number, path: string, { method = 'GET', headers = {} }: Asked = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const { statusCode: status = 0, headers: given } = response;
          resolve({ status, headers: given, text, json: () => JSON.parse(text) });
        });
      },
    );
    request.on('error', reject);
    request.end();
  });
}
