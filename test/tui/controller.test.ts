import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import { makeEnd, makeRequest } from '../helpers/flow-events.ts';
import { NOW, recordSessions } from '../helpers/screen-history.ts';
import { makeSink, tempFolder } from '../helpers/store-items.ts';
import { makeController, type TestScreen } from '../helpers/test-screen.ts';

const text = (screen: TestScreen): string => screen.lines().join('\n');
const started = (id: string, sessionId = 's1') =>
  ({
    type: 'exchange.started',
    exchange: makeRequest({ id, sessionId, promptPreview: `ask ${id}` }),
  }) as const;
const ended = (id: string) =>
  ({ type: 'exchange.ended', end: makeEnd({ id, sessionId: 's1' }) }) as const;

function recorded(count: number) {
  const path = join(tempFolder(), 'sessions.db');
  recordSessions(makeSink(path), count);
  return openHistory(path);
}

describe('the live list', () => {
  it('follows the newest until the person moves; then the selection stays on its exchange', () => {
    const screen = makeController({ history: null });
    for (let index = 0; index < 60; index += 1) screen.publish(started(`e${index}`));
    expect(text(screen)).toMatch(/> .*ask e59/);
    screen.press('k', 'k');
    for (let index = 60; index < 70; index += 1) screen.publish(started(`e${index}`));
    expect(text(screen)).toMatch(/> .*ask e57/);
    screen.press('G');
    expect(text(screen)).toMatch(/> .*ask e69/);
  });

  it('holds a bounded number of rows', () => {
    const screen = makeController({ history: null });
    for (let index = 0; index < 3000; index += 1)
      screen.publish(started(`e${index}`), ended(`e${index}`));
    screen.press('g');
    expect(text(screen)).not.toContain('ask e0 ');
    expect(text(screen)).toMatch(/> .*ask e\d+/);
  });

  it('pages back through the history, and follows again', () => {
    const history = recorded(1100);
    const screen = makeController({ history, now: NOW });
    for (let page = 0; page < 6; page += 1) screen.press('g');
    expect(text(screen)).toContain('f follows');
    const before = text(screen);
    screen.press('f');
    expect(text(screen)).not.toBe(before);
    expect(text(screen)).toMatch(/following/);
    history.close();
  });

  it('shows a count while it filters', () => {
    const history = recorded(20);
    const screen = makeController({ history, now: NOW });
    screen.press('/', ...'status:err', 'enter');
    expect(text(screen)).toMatch(/\/status:err \d+\/40/);
    expect(text(screen)).toContain('529 !');
    history.close();
  });
});

describe('quitting', () => {
  it('asks only while exchanges run', () => {
    const idle = makeController({ history: null });
    idle.press('q');
    expect(idle.did).toEqual(['quit drained']);
    const busy = makeController({ history: null });
    busy.publish(started('e1'));
    busy.press('q');
    expect(text(busy)).toContain('1 exchange is running');
    busy.press('n', 'q', 'y', 'ctrl-c', 'ctrl-c');
    expect(busy.did).toEqual(['quit drained', 'quit now']);
  });

  it('an attached screen just goes', () => {
    const screen = makeController({ history: null, isAttached: true });
    screen.publish(started('e1'));
    screen.press('q');
    expect(screen.did).toEqual(['quit drained']);
  });
});

it('suspends only when no agent would hang', () => {
  const screen = makeController({ history: null });
  screen.press('ctrl-z');
  screen.publish(started('e1'));
  screen.press('ctrl-z');
  expect(screen.did).toEqual(['suspend']);
  expect(text(screen)).toContain('suspending would stop the proxy');
});

it('says that the server is lost', () => {
  const screen = makeController({ history: null, isAttached: true });
  screen.lose();
  expect(text(screen)).toContain('server lost: gone');
});

it('warns for as long as it runs that other machines can reach it', () => {
  const exposure = 'INSECURE: open to all who reach 0.0.0.0';
  const screen = makeController({ history: null, exposure });
  screen.advance(3_600_000);
  screen.runTimers();
  expect(screen.lines().at(-2)).toContain(`! ${exposure}`);
});

it('copies what is too long for a terminal into a file', () => {
  const history = recorded(1);
  const screen = makeController({ history, now: NOW });
  screen.press('enter', 'l', 'y');
  expect(screen.did.some((done) => done.startsWith('copy'))).toBe(true);
  screen.press('c', 'e', 'v', '!', 'ctrl-l', 'm');
  expect(screen.did.some((done) => done.startsWith('write lunaroute-'))).toBe(true);
  expect(screen.did).toContain('shell');
  expect(screen.did).toContain('redraw');
  history.close();
});

it('opens what is selected in the web page', async () => {
  const history = recorded(1);
  const screen = makeController({ history, now: NOW });
  screen.press('o', '2', 'o', 'enter', 'enter', 'o');
  const [live, sessions, exchange] = screen.did;
  expect(live).toMatch(/^browse http:\/\/127\.0\.0\.1:8082\/exchanges\/second-0$/);
  expect(sessions).toBe('browse http://127.0.0.1:8082/sessions/0000beef-session');
  expect(exchange).toMatch(/^browse http:\/\/127\.0\.0\.1:8082\/exchanges\/(first|second)-0$/);
  const shown = (one: TestScreen): string => {
    one.runTimers();
    return text(one);
  };
  await expect.poll(() => shown(screen)).toContain('opened http://');
  history.close();
  const empty = makeController({ history: null, hasBrowser: false });
  empty.press('o');
  expect(empty.did).toEqual(['browse http://127.0.0.1:8082/']);
  await expect.poll(() => shown(empty)).toContain('open it yourself: http://');
  const none = makeController({ history: null, uiUrl: null });
  none.press('o');
  expect(none.did).toEqual([]);
  expect(text(none)).toContain('no web page');
});

it('a click selects, a second one opens; the names of the views can be clicked', () => {
  const history = recorded(5);
  const screen = makeController({ history, now: NOW });
  screen.controller.handle({ type: 'click', column: 10, row: 4 });
  expect(screen.lines()[4]).toMatch(/^>/);
  screen.controller.handle({ type: 'click', column: 10, row: 4 });
  expect(text(screen)).toContain('[conversation]');
  screen.controller.handle({ type: 'click', column: 14, row: 1 });
  expect(text(screen)).toContain('FIRST PROMPT');
  screen.controller.handle({ type: 'wheel', delta: 1 });
  history.close();
});

it('sorts the sessions by any column, both ways', () => {
  const history = recorded(30);
  const screen = makeController({ history, now: NOW });
  screen.press('2');
  expect(text(screen)).toContain('LASTv');
  screen.press('O', 'O');
  expect(text(screen)).toContain('REQv');
  screen.press('r');
  expect(text(screen)).toContain('REQ^');
  history.close();
});

it('steps through a session and back', () => {
  const history = recorded(1);
  const screen = makeController({ history, now: NOW });
  screen.press('enter', '[');
  expect(text(screen)).toContain('I run the tests.');
  screen.press(']');
  expect(text(screen)).toContain('All 42 tests pass now.');
  screen.press(']');
  expect(text(screen)).toContain('no newer exchange');
  history.close();
});

it('finds what was mistyped and opens it at the match', () => {
  const history = recorded(10);
  const screen = makeController({ history, now: NOW });
  screen.press('5', ...'migraton');
  screen.runTimers();
  expect(text(screen)).toContain('«migration»');
  screen.press('enter', 'enter');
  expect(text(screen)).toMatch(/\[conversation\][\s\S]*«migration»/);
  history.close();
});
