/** What was said, as a person reads it: roles, markdown, thinking folded, tool calls with their results. */
import { type ReactNode, useMemo, useState } from 'react';
import type { Message } from '../../../core/conversation.ts';
import { formatCount } from '../../../core/format.ts';
import type { LivePart } from '../../../core/live-state.ts';
import type { ExchangeDetail } from '../../../core/ports.ts';
import { useBody } from '../api/queries.ts';
import { picturesOf } from '../text/pictures.ts';
import { joinTools } from '../text/tools.ts';
import { useFollowing } from './following.ts';
import { isPicturePart, MessageParts } from './MessageParts.tsx';

interface ConversationProps {
  readonly detail: ExchangeDetail;
  readonly live: readonly LivePart[] | null;
  readonly isThinkingOpen: boolean;
}

const NONE: readonly string[] = [];
/** Newest messages that are drawn at once; the earlier ones on demand. */
const FIRST_MESSAGES = 30;

export function Conversation({ detail, live, isThinkingOpen }: ConversationProps): ReactNode {
  const { messages, answer, toolCalls } = detail;
  const [isWhole, setWhole] = useState(false);
  const view = useMemo(
    () => ({
      tools: joinTools(messages, answer),
      outcomes: new Map(toolCalls.map((call) => [call.id, call])),
      isThinkingOpen,
    }),
    [messages, answer, toolCalls, isThinkingOpen],
  );
  const pictures = usePictures(detail);
  const picturesIn = useMemo(() => shareOut(messages, pictures), [messages, pictures]);
  const seen = messages
    .map((message, index) => ({ message, index }))
    .filter(({ message }) => message.parts.some((part) => !view.tools.joined.has(part)));
  const hidden = isWhole ? 0 : Math.max(0, seen.length - FIRST_MESSAGES);
  return (
    <div className="conversation">
      {hidden === 0 ? null : (
        <button type="button" className="more" onClick={() => setWhole(true)}>
          show {formatCount(hidden)} earlier messages
        </button>
      )}
      {seen.slice(hidden).map(({ message, index }) => (
        <Said key={index} who={message.role}>
          <MessageParts parts={message.parts} view={view} pictures={picturesIn[index] ?? NONE} />
        </Said>
      ))}
      {answer.length === 0 ? null : (
        <Said who="answer">
          <MessageParts parts={answer} view={view} pictures={NONE} />
        </Said>
      )}
      {live === null ? null : <LiveAnswer parts={live} />}
    </div>
  );
}

interface SaidProps {
  readonly who: string;
  readonly children: ReactNode;
}

function Said({ who, children }: SaidProps): ReactNode {
  return (
    <section className={`said is-${who}`} aria-label={who}>
      <h2 className="role">{who}</h2>
      {children}
    </section>
  );
}

/** The pictures of each message, in their order. */
function shareOut(
  messages: readonly Message[],
  pictures: readonly string[],
): readonly (readonly string[])[] {
  let taken = 0;
  return messages.map(({ parts }) => {
    const { length } = parts.filter(isPicturePart);
    taken += length;
    return length === 0 ? NONE : pictures.slice(taken - length, taken);
  });
}

/** The pictures themselves are only in the raw request. */
function usePictures(detail: ExchangeDetail): readonly string[] {
  const hasPictures = detail.messages.some(({ parts }) => parts.some(isPicturePart));
  const body = useBody(detail.id, 'request', hasPictures);
  return useMemo(() => {
    if (body.data === undefined || body.data === null) return NONE;
    try {
      return picturesOf(JSON.parse(new TextDecoder().decode(body.data)));
    } catch {
      return NONE;
    }
  }, [body.data]);
}

function LiveAnswer({ parts }: { readonly parts: readonly LivePart[] }): ReactNode {
  const end = useFollowing(parts.reduce((sum, { text }) => sum + text.length, 0));
  return (
    <Said who="answer, arriving">
      {parts.map((part, index) => (
        // Parts only grow or leave at the front; their place is all that names them.
        <pre key={index} className={`plain is-${part.kind}`} tabIndex={0}>
          {part.text}
        </pre>
      ))}
      <span ref={end} className="cursor" aria-hidden="true" />
    </Said>
  );
}
