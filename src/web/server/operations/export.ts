/** Sessions and exchanges as a file, in the formats of `lunaroute export`. */
import { z } from 'zod';
import { EXPORT_FORMATS, type ExportFormat, exportRecords } from '../../../export/export.ts';
import { download } from '../download.ts';
import { fetching, historyOf } from '../operation.ts';
import { ProblemError } from '../problem.ts';
import { words } from '../query.ts';

const TYPES: Readonly<Record<ExportFormat, string>> = {
  html: 'text/html; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  json: 'application/json',
  jsonl: 'application/jsonl',
  har: 'application/json',
  raw: 'application/octet-stream',
};

export const EXPORT_OPERATION = fetching({
  path: '/export',
  summary: 'A session or an exchange as a file to keep: a page, Markdown, JSON, HAR or bytes',
  query: {
    session: words('A session id.'),
    exchange: words('An exchange id.'),
    format: z.enum(EXPORT_FORMATS).default('html'),
  },
  types: [...new Set(Object.values(TYPES))],
  file: ({ records, query: { session, exchange, format } }) => {
    const history = historyOf(records);
    const sessions = session !== undefined && history.session(session) !== null ? [session] : [];
    const exchanges = exchange !== undefined && history.exchange(exchange) ? [exchange] : [];
    const [id] = [...sessions, ...exchanges];
    if (id === undefined) {
      throw new ProblemError(404, 'session or exchange must name one that is recorded');
    }
    const { version } = records.source().facts;
    const chunks = exportRecords(history, { sessions, exchanges }, { format, version });
    const extension = format === 'raw' ? 'bin' : format;
    return download(chunks, `lunaroute-${id}.${extension}`, TYPES[format]);
  },
});
