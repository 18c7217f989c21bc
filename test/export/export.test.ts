import { Ajv } from 'ajv';
import draft06 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import formats from 'ajv-formats';
import fc from 'fast-check';
import schemas from 'har-schema';
import { describe, expect, it } from 'vitest';
import { bodyJson } from '../../src/export/body-delta.ts';
import { EXPORT_FORMATS, type ExportFormat, exportRecords } from '../../src/export/export.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import { EVIL, HOSTILE_SESSION, hostileItems, recordItems } from '../helpers/hostile-history.ts';
import { endItem, requestItem, START } from '../helpers/store-items.ts';

const VERSION = '1.2.3';

function exported(path: string, format: ExportFormat, body?: 'request' | 'response'): string {
  const history = openHistory(path);
  const selection = { sessions: [HOSTILE_SESSION], exchanges: [] };
  const options =
    body === undefined ? { format, version: VERSION } : { format, version: VERSION, body };
  const text = [...exportRecords(history, selection, options)].map(String).join('');
  history.close();
  return text;
}

/** What a terminal obeys or a reader is deceived by. */
const CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: -- finding control characters is the purpose
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

function harErrors(har: unknown): unknown {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addMetaSchema(draft06);
  formats.default(ajv);
  for (const schema of Object.values(schemas)) ajv.addSchema(schema);
  const validate = ajv.getSchema('har.json#');
  if (validate === undefined) throw new Error('no schema of a HAR');
  return validate(har) ? null : validate.errors;
}

describe('every format', () => {
  const path = () => recordItems(hostileItems());

  it.each(EXPORT_FORMATS.filter((format) => format !== 'raw'))(
    '%s has all that was said and nothing that controls a terminal',
    (format) => {
      const text = exported(path(), format);
      expect(text).not.toMatch(CONTROL);
      for (const said of ['prompt ', 'thinking ', 'answer 0 ', 'result ', 'task ', 'system ']) {
        expect(text, said).toContain(said);
      }
    },
  );

  it('says what was sent again once, where it is for reading', () => {
    const store = path();
    for (const format of ['html', 'md', 'json'] as const) {
      const text = exported(store, format);
      const count = text.split('answer 0 ').length - 1;
      // JSON lists the preview of the answer, too.
      expect(count, format).toBe(format === 'json' ? 2 : 1);
      expect(text.split('task ').length - 1, format).toBeLessThanOrEqual(2);
    }
  });

  it('gives valid JSON, one document or one line an exchange', () => {
    const store = path();
    const document = JSON.parse(exported(store, 'json'));
    expect(document.sessions[0].exchanges).toHaveLength(3);
    expect(document.sessions[0].exchanges[0].answer[1].text).toBe(`answer 0 ${EVIL}`);
    const lines = exported(store, 'jsonl').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(Array(3).fill('exchange'));
  });

  it('exports one exchange alone', () => {
    const store = path();
    const history = openHistory(store);
    const id = history.exchanges(HOSTILE_SESSION, { limit: 1, offset: 1 })[0]?.id ?? '';
    const chunks = exportRecords(
      history,
      { sessions: [], exchanges: [id] },
      { format: 'json', version: VERSION },
    );
    const document = JSON.parse([...chunks].join(''));
    history.close();
    expect(document.sessions).toHaveLength(1);
    expect(document.sessions[0].exchanges.map((one: { id: string }) => one.id)).toEqual([id]);
  });
});

describe('HAR', () => {
  it('fits the schema of HAR 1.2, hostile text and missing measures included', () => {
    const har = JSON.parse(exported(recordItems(hostileItems()), 'har'));
    expect(harErrors(har)).toBeNull();
    expect(har.log.entries).toHaveLength(3);
    expect(har.log.pages).toHaveLength(1);
    expect(harErrors({ log: { ...har.log, version: 1 } })).not.toBeNull();
  });

  it('splits the time into parts that add up to the whole', () => {
    const request = requestItem({ sessionId: HOSTILE_SESSION }, { messages: [] });
    const timing = {
      received: 2,
      sent: 14,
      connect: 10,
      firstByte: 114,
      firstToken: 120,
      ended: 514,
      overhead: 2,
      tokenGaps: null,
    };
    const path = recordItems([request, endItem(request.request, { timing }, { ok: true })]);
    const [entry] = JSON.parse(exported(path, 'har')).log.entries;
    expect(entry.timings).toEqual({
      send: 2,
      blocked: 2,
      connect: 10,
      wait: 100,
      receive: 400,
      dns: -1,
      ssl: -1,
    });
    expect(entry.time).toBe(514);
    expect(entry.startedDateTime).toBe(new Date(START).toISOString());
    expect(entry.response.content.text).toBe('{"ok":true}');
  });

  it('says of a running exchange that nothing was measured', () => {
    const path = recordItems([requestItem({ sessionId: HOSTILE_SESSION }, { messages: [] })]);
    const har = JSON.parse(exported(path, 'har'));
    expect(harErrors(har)).toBeNull();
    const [entry] = har.log.entries;
    expect(new Set(Object.values(entry.timings))).toEqual(new Set([-1]));
    expect(entry.response.status).toBe(0);
  });
});

describe('Markdown', () => {
  it('keeps foreign text in fences that it cannot end', () => {
    const text = exported(recordItems(hostileItems()), 'md');
    let fence: string | null = null;
    const outside: string[] = [];
    for (const line of text.split('\n')) {
      const run = /^(`{3,})(\w*)$/.exec(line);
      if (fence === null && run?.[2] !== '' && run?.[1] !== undefined) fence = run[1];
      else if (fence !== null && line === fence) fence = null;
      else if (fence === null) outside.push(line);
    }
    expect(fence).toBeNull();
    const prose = outside.join('\n');
    expect(prose).not.toMatch(/<(?!\/?(details|summary|b)>|!-- -->)/);
    expect(prose).not.toMatch(/!\[|\]\(|@\w|(?<!&)#\d/);
  });
});

describe('raw', () => {
  it('gives the bodies byte for byte', () => {
    const store = recordItems(hostileItems());
    const history = openHistory(store);
    const bodies = history
      .exchanges(HOSTILE_SESSION, { limit: 10, offset: 0 })
      .map(({ id }) => Buffer.from(history.rawBody(id, 'request') ?? []).toString());
    history.close();
    expect(exported(store, 'raw', 'request')).toBe(bodies.join(''));
    const whole = exported(store, 'raw');
    for (const body of bodies) expect(whole).toContain(`\r\n\r\n${body}\r\n`);
    expect(whole).toContain('HTTP/1.1 200\r\n');
  });
});

describe('a body told by what differs from an earlier one', () => {
  const bytes = fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    fc.uint8Array().map((array) => Buffer.from(array)),
  );

  it('is the same body again', () => {
    const long = Buffer.from('é'.repeat(300));
    fc.assert(
      fc.property(bytes, bytes, bytes, fc.boolean(), (a, b, c, isAlike) => {
        const base = Buffer.concat([long, a, long]);
        const body = isAlike ? Buffer.concat([long, b, c, long]) : b;
        const json = bodyJson(body, { id: 'base', bytes: base });
        if ('base64' in json) expect(Buffer.from(json.base64, 'base64')).toEqual(body);
        else if ('like' in json) {
          const whole = [
            base.subarray(0, json.start),
            Buffer.from(json.text),
            base.subarray(base.length - json.end),
          ];
          expect(Buffer.concat(whole)).toEqual(body);
          expect(json.text.length).toBeLessThan(body.length);
        } else expect(Buffer.from(json.text)).toEqual(body);
      }),
    );
  });
});

describe('reading', () => {
  it('has one exchange in memory at a time: the next is read when it is asked for', () => {
    const history = openHistory(recordItems(hostileItems()));
    let read = 0;
    const source = {
      session: (id: string) => history.session(id),
      exchanges: history.exchanges.bind(history),
      rawBody: history.rawBody.bind(history),
      decodedBody: history.decodedBody.bind(history),
      exchange: (id: string) => {
        read += 1;
        return history.exchange(id);
      },
    };
    const selection = { sessions: [HOSTILE_SESSION], exchanges: [] };
    for (const format of EXPORT_FORMATS) {
      read = 0;
      const seen: number[] = [];
      for (const _ of exportRecords(source, selection, { format, version: VERSION }))
        seen.push(read);
      expect(seen[0], format).toBeLessThanOrEqual(1);
      expect(new Set(seen).size, format).toBeGreaterThanOrEqual(3);
    }
    history.close();
  });
});
