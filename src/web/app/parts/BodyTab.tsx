/** A body as it was stored: as a tree where it is JSON, its events where it is a stream, else as text. */
import { type ReactNode, useMemo } from 'react';
import { formatBytes } from '../../../core/format.ts';
import { pathSegment } from '../../../core/page-link.ts';
import type { ExchangeDetail } from '../../../core/ports.ts';
import { apiUrl } from '../api/client.ts';
import { useBody } from '../api/queries.ts';
import { shownLine } from '../text/foreign.ts';
import { Copy } from './Copy.tsx';
import { JsonTree } from './JsonTree.tsx';
import { PlainText } from './PlainText.tsx';
import { Waiting } from './Waiting.tsx';

interface BodyProps {
  readonly detail: ExchangeDetail;
  readonly side: 'request' | 'response';
}

export function BodyTab({ detail, side }: BodyProps): ReactNode {
  const body = useBody(detail.id, side);
  const bytes = body.data ?? null;
  const text = useMemo(() => (bytes === null ? '' : new TextDecoder().decode(bytes)), [bytes]);
  const value = useMemo(() => parsed(text), [text]);
  if (body.data === undefined) return <Waiting asked={body} />;
  if (bytes === null) return <p className="dim">not stored (wholly)</p>;
  if (bytes.length === 0) return <p className="dim">empty</p>;
  const encoding = encodingOf(side === 'request' ? detail.requestHeaders : detail.responseHeaders);
  const isRedacted = (side === 'request' ? detail.requestBody : detail.end?.responseBody)?.redacted;
  const isCoded = encoding !== null && isRedacted !== true && value === undefined;
  return (
    <>
      <div className="actions">
        <span className="dim">
          {formatBytes(bytes.length)}
          {isRedacted === true ? ', private values replaced' : ''}
        </span>
        {isCoded ? null : <Copy label="Copy" text={() => text} />}
        <a className="button" href={apiUrl(`exchanges/${pathSegment(detail.id)}/${side}`)} download>
          Download
        </a>
      </div>
      {isCoded ? (
        <p className="dim">
          {shownLine(encoding, 40)} on the wire; the conversation shows it decoded
        </p>
      ) : value === undefined ? (
        <PlainText text={text} first={50_000} />
      ) : (
        <JsonTree key={side} value={value} />
      )}
    </>
  );
}

/** Names and values in turn; null where nothing is coded. */
function encodingOf(headers: readonly string[]): string | null {
  const at = headers.findIndex(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'content-encoding',
  );
  const encoding = headers[at + 1];
  return at === -1 || encoding === undefined || encoding === 'identity' ? null : encoding;
}

/** Undefined where the text is neither JSON nor a stream of JSON events. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return eventsOf(text);
  }
}

/** The data of server-sent events, or of lines of JSON (WebSocket), as a list. */
function eventsOf(text: string): unknown {
  const lines = text.split('\n');
  const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim());
  const pieces = data.length > 0 ? data : lines.filter((line) => line !== '');
  try {
    return pieces.length === 0
      ? undefined
      : pieces.map((piece) => (piece === '[DONE]' ? piece : JSON.parse(piece)));
  } catch {
    return undefined;
  }
}
