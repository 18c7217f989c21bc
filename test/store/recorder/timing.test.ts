import { describe, expect, it } from 'vitest';
import { makeMarks, timingOf } from '../../../src/store/recorder/timing.ts';

describe('timingOf', () => {
  it('counts from the first byte, and overhead without the connecting', () => {
    const marks = {
      ...makeMarks(1000),
      received: 1010,
      sent: 1042,
      connectMs: 30,
      head: 1500,
      headWritten: 1501,
      firstToken: 1600,
      ended: 2000,
    };
    expect(timingOf(marks, null)).toEqual({
      received: 10,
      sent: 42,
      connect: 30,
      firstByte: 500,
      firstToken: 600,
      ended: 1000,
      overhead: 3,
      tokenGaps: null,
    });
  });

  it('says nothing about what was not measured', () => {
    expect(timingOf({ ...makeMarks(1000), received: 1001, ended: 1002 }, null)).toEqual({
      received: 1,
      sent: null,
      connect: null,
      firstByte: null,
      firstToken: null,
      ended: 2,
      overhead: null,
      tokenGaps: null,
    });
  });

  it('never makes a streamed upload, sent before it had come whole, negative', () => {
    const marks = { ...makeMarks(0), received: 900, sent: 5, head: 950, headWritten: 951 };
    expect(timingOf(marks, null).overhead).toBe(1);
  });
});
