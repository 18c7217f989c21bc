/** The pieces of one message. */
import { memo, type ReactNode, useState } from 'react';
import type { Part } from '../../../core/conversation.ts';
import { formatBytes, formatCount } from '../../../core/format.ts';
import type { ToolCallView } from '../../../core/ports.ts';
import { byteLength } from '../../../core/text.ts';
import { shownLine } from '../text/foreign.ts';
import { prettyJson } from '../text/json.ts';
import { took } from '../text/numbers.ts';
import type { Call, JoinedTools, Result } from '../text/tools.ts';
import { Markdown } from './Markdown.tsx';
import { PlainText } from './PlainText.tsx';

/** What the pieces of all messages have in common. */
export interface PartsView {
  readonly tools: JoinedTools;
  /** What came of the answer's calls, by their ids: later requests know it. */
  readonly outcomes: ReadonlyMap<string, ToolCallView>;
  readonly isThinkingOpen: boolean;
}

interface PartsProps {
  readonly parts: readonly Part[];
  readonly view: PartsView;
  /** Of this message, in its order. */
  readonly pictures: readonly string[];
}

export const MessageParts = memo(function MessagePieces(props: PartsProps): ReactNode {
  const { parts, view, pictures } = props;
  let picture = 0;
  const pieces: ReactNode[] = [];
  for (const [index, part] of parts.entries()) {
    const source = isPicturePart(part) ? pictures[picture++] : undefined;
    if (view.tools.joined.has(part)) continue;
    pieces.push(<Piece key={`${index} ${part.type}`} part={part} view={view} source={source} />);
  }
  return pieces;
});

interface PieceProps {
  readonly part: Part;
  readonly view: PartsView;
  readonly source: string | undefined;
}

function Piece({ part, view, source }: PieceProps): ReactNode {
  const { tools, isThinkingOpen } = view;
  switch (part.type) {
    case 'text':
      return <Markdown text={part.text} />;
    case 'thinking':
      return <Thinking key={String(isThinkingOpen)} text={part.text} isOpen={isThinkingOpen} />;
    case 'tool-call':
      return <CallPiece part={part} view={view} />;
    case 'tool-result':
      return <ResultPiece part={part} name={tools.names.get(part.id) ?? part.id} />;
    case 'media':
      return <Media label={part.label} source={source} />;
  }
}

/** A picture of the conversation, whose data only the raw request has. */
export function isPicturePart(part: Part): boolean {
  return part.type === 'media' && part.label.startsWith('image');
}

function Media(props: { readonly label: string; readonly source: string | undefined }): ReactNode {
  const label = shownLine(props.label, 120);
  if (props.source === undefined) return <p className="dim">[{label}]</p>;
  return <img className="picture" src={props.source} alt={label} />;
}

function Thinking(props: { readonly text: string; readonly isOpen: boolean }): ReactNode {
  const [isOpen, setOpen] = useState(props.isOpen);
  return (
    <details
      className="thinking"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>thinking, {formatCount(props.text.length)} characters</summary>
      {isOpen ? <Markdown text={props.text} /> : null}
    </details>
  );
}

function CallPiece(props: { readonly part: Call; readonly view: PartsView }): ReactNode {
  const { part, view } = props;
  const result = view.tools.resultOf.get(part);
  const outcome = view.outcomes.get(part.id);
  return (
    <div className="tool">
      <p className="tool-head">
        <span className="tool-sign">→</span> <strong>{shownLine(part.name, 120)}</strong>{' '}
        <span className="dim mono">{shownLine(part.id, 60)}</span>
      </p>
      <PlainText text={prettyJson(part.arguments)} first={4000} />
      {result === undefined ? null : <ResultPiece part={result} name={part.name} />}
      {result === undefined && outcome !== undefined ? (
        <p className="dim">{came(outcome)}</p>
      ) : null}
    </div>
  );
}

/** What is known of a call whose result only a later request holds. */
function came({ durationMs, isError, resultBytes }: ToolCallView): string {
  if (resultBytes === null) return 'no result has come';
  const verdict = isError === null ? '' : isError ? ', failed' : ', ok';
  return `← ${formatBytes(resultBytes)} after ${took(durationMs)}${verdict}; the next request has it`;
}

const SHORT_RESULT = 2500;

function ResultPiece(props: { readonly part: Result; readonly name: string }): ReactNode {
  const { text, isError } = props.part;
  const outcome = isError === null ? '' : isError ? ', failed' : ', ok';
  return (
    <div className={isError === true ? 'tool is-result is-failed' : 'tool is-result'}>
      <p className="tool-head">
        <span className="tool-sign">←</span> result of <strong>{shownLine(props.name, 120)}</strong>
        <span className={isError === true ? 'is-bad' : 'dim'}>
          {outcome}, {formatBytes(byteLength(text))}
        </span>
      </p>
      {text === '' ? (
        <p className="dim">(empty)</p>
      ) : (
        <PlainText text={text} first={SHORT_RESULT} />
      )}
    </div>
  );
}
