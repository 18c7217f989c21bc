import { describe, expect, it } from 'vitest';
import type { Message, RequestView } from '../../../src/core/conversation.ts';
import { OTHER_SESSION } from '../../../src/core/exchange.ts';
import {
  type SessionQuery,
  SessionResolver,
} from '../../../src/store/recorder/session-resolver.ts';

const HOUR = 60 * 60 * 1000;

function message(role: Message['role'], text: string): Message {
  return { role, parts: [{ type: 'text', text }] };
}

function view(...messages: Message[]): RequestView {
  return {
    model: 'm',
    stream: true,
    messages,
    toolNames: [],
    previousResponseId: null,
    isWarmUp: false,
  };
}

function query(part: Partial<SessionQuery>): SessionQuery {
  return {
    hint: null,
    previousResponseId: null,
    view: null,
    clientAddress: '127.0.0.1',
    userAgent: 'sdk',
    at: 1_000_000,
    ...part,
  };
}

const system = message('system', 'You are helpful.');
const first = view(system, message('user', 'one'));
const second = view(
  system,
  message('user', 'one'),
  message('assistant', 'a'),
  message('user', 'two'),
);

describe('SessionResolver', () => {
  it('believes the client before anything else', () => {
    const sessions = new SessionResolver(() => 'from-database');
    const hint = { id: 'mine', source: 'header' } as const;
    expect(sessions.resolve(query({ hint, previousResponseId: 'r1', view: first }))).toEqual({
      sessionId: 'mine',
      sessionSource: 'header',
    });
  });

  it('follows previous_response_id, in memory and then in the history', () => {
    const sessions = new SessionResolver((id) => (id === 'old' ? 'from-database' : null));
    sessions.learnAnswer('r1', 's1');
    const resolve = (id: string) =>
      sessions.resolve(query({ previousResponseId: id, view: first })).sessionId;
    expect(resolve('r1')).toBe('s1');
    expect(resolve('old')).toBe('from-database');
    expect(resolve('unknown')).not.toBe('s1');
  });

  it('joins a conversation that goes on, and only that one', () => {
    const sessions = new SessionResolver();
    const one = sessions.resolve(query({ view: first }));
    expect(one.sessionSource).toBe('new');
    expect(sessions.resolve(query({ view: second }))).toEqual({
      sessionId: one.sessionId,
      sessionSource: 'shared-prefix',
    });
    const others = [
      query({ view: view(system, message('user', 'something else')) }),
      query({ view: second, clientAddress: '10.0.0.1' }),
      query({ view: second, userAgent: 'other' }),
      query({ view: { ...second, model: 'n' } }),
      query({ view: view(system) }),
    ];
    for (const other of others) {
      expect(sessions.resolve(other).sessionId).not.toBe(one.sessionId);
    }
  });

  it('forgets a conversation that rested for more than two hours', () => {
    const sessions = new SessionResolver();
    const one = sessions.resolve(query({ view: first, at: 0 }));
    expect(sessions.resolve(query({ view: second, at: 1.9 * HOUR })).sessionId).toBe(one.sessionId);
    expect(sessions.resolve(query({ view: second, at: 4 * HOUR })).sessionId).not.toBe(
      one.sessionId,
    );
  });

  it('keeps what is no conversation out of the sessions', () => {
    expect(new SessionResolver().resolve(query({})).sessionId).toBe(OTHER_SESSION);
  });
});
