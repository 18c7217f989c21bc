/** What is configured, and where each value comes from. Changing is done in the file. */
import { type ReactNode, useState } from 'react';
import { formatTime } from '../../../core/format.ts';
import type { ConfigView } from '../../api-types.ts';
import { useConfig, useOverview } from '../api/queries.ts';
import { Waiting } from '../parts/Waiting.tsx';
import { shownLine } from '../text/foreign.ts';
import { useTitle } from '../title.ts';

export function Settings(): ReactNode {
  const config = useConfig();
  useTitle('Settings');
  const [words, setWords] = useState('');
  if (config.data === undefined) return <Waiting asked={config} />;
  const { file, dataDir, values } = config.data;
  const wanted = words.toLowerCase();
  const rows = values.filter((entry) => textOf(entry).includes(wanted));
  return (
    <div className="page">
      <header className="page-head">
        <h1>Settings</h1>
        <div className="filters" role="search">
          <label>
            <span>Filter</span>
            <input
              type="search"
              value={words}
              data-field=""
              placeholder="a key, a value, a word"
              maxLength={200}
              onChange={(event) => setWords(event.target.value)}
            />
          </label>
        </div>
      </header>
      <Server />
      <p className="dim">
        {file === null
          ? 'No configuration file: all is default, environment or flags.'
          : `File: ${shownLine(file)}`}{' '}
        Data: {shownLine(dataDir)}. To change something, edit the file and start LunaRoute anew;{' '}
        <code>lunaroute config check</code> says what is wrong.
      </p>
      <ul className="settings">
        {rows.map((entry) => (
          <li key={entry.key}>
            <p>
              <code>{shownLine(entry.key)}</code>
              <strong className="mono">{shownLine(JSON.stringify(entry.value) ?? 'unset')}</strong>
            </p>
            <p className="dim">
              {shownLine(entry.help, 400)} <em>({shownLine(entry.source)})</em>
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}

function textOf({ key, value, help, source }: ConfigView['values'][number]): string {
  return `${key} ${JSON.stringify(value)} ${help} ${source}`.toLowerCase();
}

function Server(): ReactNode {
  const facts = useOverview().data?.facts;
  if (facts === undefined) return null;
  return (
    <p>
      LunaRoute {facts.version} on <code>{facts.url}</code>, process {facts.pid}, since{' '}
      {formatTime(facts.startedAt)}, {facts.isRecording ? 'recording' : 'recording nothing'}.
    </p>
  );
}
