import { expect, test } from 'vitest';
import { framingProblem } from '../../src/proxy/framing.ts';

const headers = (coding?: string) =>
  new Map(coding === undefined ? [] : [['transfer-encoding', coding]]);
const version = (httpVersionMajor: number, httpVersionMinor: number) => ({
  httpVersion: `${httpVersionMajor}.${httpVersionMinor}`,
  httpVersionMajor,
  httpVersionMinor,
});

test.each([
  [1, 1, undefined],
  [1, 0, undefined],
  [1, 1, 'chunked'],
  [1, 1, 'Chunked'],
])('HTTP/%i.%i with the coding %s passes', (major, minor, coding) => {
  expect(framingProblem(version(major, minor), headers(coding))).toBeNull();
});

test.each([
  [2, 0, undefined, 'HTTP/2.0 is not spoken here'],
  [0, 9, undefined, 'HTTP/0.9 is not spoken here'],
  [1, 0, 'chunked', 'needs HTTP/1.1'],
  [1, 1, 'gzip, chunked', 'no Transfer-Encoding but chunked'],
  [1, 1, 'x, chunked', 'no Transfer-Encoding but chunked'],
])('HTTP/%i.%i with the coding %s does not: %s', (major, minor, coding, reason) => {
  expect(framingProblem(version(major, minor), headers(coding))).toContain(reason);
});
