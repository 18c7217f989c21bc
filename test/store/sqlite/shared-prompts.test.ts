import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import { endItem, makeSink, requestItem, START, tempFolder } from '../../helpers/store-items.ts';

it('keeps the preview of a prompt once for all of its turns', () => {
  const path = join(tempFolder(), 'sessions.db');
  const sink = makeSink(path);
  const prompts = ['first', 'first', 'second', 'first', 'first'];
  const turns = prompts.map((promptPreview, at) =>
    requestItem({ id: `e${at}`, startedAt: START + at, promptPreview }),
  );
  const other = requestItem({ id: 'o', sessionId: 'other-one', promptPreview: 'first' });
  sink.write([...turns, other].flatMap((item) => [item, endItem(item.request)]));
  const history = openHistory(path);
  onTestFinished(() => history.close());
  const lines = history.exchanges('session-1', { limit: 9, offset: 0 });
  expect(lines.map((line) => line.promptPreview)).toEqual(prompts);
  expect(
    history
      .timeline({ limit: 9 })
      .map((line) => line.promptPreview)
      .sort(),
  ).toEqual([...prompts, 'first'].sort());
  const database = new Sqlite(path, { readonly: true });
  onTestFinished(() => void database.close());
  const own = database.prepare('SELECT count(prompt_preview) FROM exchanges').pluck().get();
  expect(own).toBe(4);
});
