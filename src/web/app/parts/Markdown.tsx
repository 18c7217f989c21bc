/**
 * Foreign markdown as React elements: no HTML of it is ever parsed, links lead only to the web and
 * open apart, pictures are shown only where they are data. Code is coloured once the highlighter is there.
 */
import { Component, type ComponentProps, memo, type ReactNode, useEffect, useState } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { shown } from '../text/foreign.ts';
import { isPicture } from '../text/pictures.ts';
import { PlainText } from './PlainText.tsx';

type Rehype = NonNullable<ComponentProps<typeof ReactMarkdown>['rehypePlugins']>;

/** Beyond this the parser would hold up the page; such texts are logs and files, not prose. */
const MAX_MARKDOWN = 60_000;
/** One line of this length is no prose either. */
const MAX_LINE = 20_000;

let highlighter: Rehype | null = null;
let loading: Promise<Rehype> | null = null;

function loadHighlighter(): Promise<Rehype> {
  loading ??= import('rehype-highlight').then(({ default: highlight }) => {
    highlighter = [[highlight, { detect: false }]];
    return highlighter;
  });
  return loading;
}

/** Parsed anew only for another text: a page with a running answer is drawn ten times a second. */
export const Markdown = memo(function MarkdownText({ text }: { readonly text: string }): ReactNode {
  const [plugins, setPlugins] = useState<Rehype>(highlighter ?? []);
  const hasCode = text.includes('```') || text.includes('~~~');
  useEffect(() => {
    if (!hasCode || highlighter !== null) return;
    let isShown = true;
    loadHighlighter().then(
      (loaded) => {
        if (isShown) setPlugins(loaded);
      },
      // Without colours the code is as readable.
      () => undefined,
    );
    return () => {
      isShown = false;
    };
  }, [hasCode]);
  if (isNoProse(text)) return <PlainText text={text} />;
  return (
    <Guard key={text} plain={<PlainText text={text} />}>
      <div className="markdown">
        <ReactMarkdown
          remarkPlugins={[remarkGfm]}
          rehypePlugins={plugins}
          components={COMPONENTS}
          urlTransform={(url) => url}
        >
          {shown(text)}
        </ReactMarkdown>
      </div>
    </Guard>
  );
});

interface GuardProps {
  readonly plain: ReactNode;
  readonly children: ReactNode;
}

/** What the parser cannot bear is shown as it is. */
class Guard extends Component<GuardProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.plain : this.props.children;
  }
}

/** Too long, or quotes and lists within each other that would take the parser seconds. */
function isNoProse(text: string): boolean {
  return text.length > MAX_MARKDOWN || hasLongLine(text) || DEEP.test(text);
}

const DEEP = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])[ \t])){40}/m;

function hasLongLine(text: string): boolean {
  return text.length > MAX_LINE && text.split('\n').some((line) => line.length > MAX_LINE);
}

const COMPONENTS: Components = {
  a: ({ href, children }) =>
    isWebLink(href) ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ) : (
      <span className="dead-link" title={href}>
        {children}
      </span>
    ),
  img: ({ src, alt }) =>
    isPicture(src) ? (
      <img src={src} alt={alt ?? ''} />
    ) : (
      <span className="dead-link">
        [picture {alt} {src}]
      </span>
    ),
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
  table: ({ children }) => (
    <div className="scroll-x" tabIndex={0} role="group" aria-label="table">
      <table>{children}</table>
    </div>
  ),
  // Headings of an answer are no headings of the page.
  h1: ({ children }) => <p className="md-h1">{children}</p>,
  h2: ({ children }) => <p className="md-h2">{children}</p>,
  h3: ({ children }) => <p className="md-h3">{children}</p>,
  h4: ({ children }) => <p className="md-h3">{children}</p>,
  h5: ({ children }) => <p className="md-h3">{children}</p>,
  h6: ({ children }) => <p className="md-h3">{children}</p>,
  input: ({ checked }) => <span>{checked === true ? '☑' : '☐'} </span>,
  section: ({ children }) => <div>{children}</div>,
};

function isWebLink(href: string | undefined): href is string {
  return href !== undefined && /^https?:\/\/[^\s]+$/i.test(href);
}
