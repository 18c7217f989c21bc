import { expect, test } from 'vitest';
import type { BodyListener } from '../../src/proxy/request-body.ts';
import { LateListener, modelOf } from '../../src/proxy/request-model.ts';

test.each([
  ['{"messages":[{"model":"inner"}],"model":"gpt-5"}', 'gpt-5'],
  ['{"messages":[{"model":"inner"}]}', null],
  ['{"model":5}', null],
  ['{"model":"gpt-5"', null],
  ['[]', null],
  ['null', null],
  ['', null],
])('the model of %s is %s', (body, model) => {
  expect(modelOf(Buffer.from(body))).toBe(model);
});

test('no body, no model', () => {
  expect(modelOf(null)).toBeNull();
});

test('a listener that is found late hears all, in order and once', () => {
  const heard: string[] = [];
  const listener: BodyListener = {
    bodyChunk: (chunk) => heard.push(`chunk ${chunk}`),
    bodyReceived: () => heard.push('received'),
    bodyReady: (payload) => heard.push(`ready ${payload}`),
  };
  const late = new LateListener(() => listener);
  late.bodyChunk(Buffer.from('a'));
  late.bodyChunk(Buffer.from('b'));
  late.bodyReceived();
  late.bodyReady(Buffer.from('ab'));
  expect(heard).toEqual(['chunk a', 'chunk b', 'received', 'ready ab']);
});
