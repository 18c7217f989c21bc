/**
 * One self-contained page: no script, no request, every foreign text escaped. The policy in its head
 * lets nothing be loaded even if an escape were missing.
 */

import type { Message } from '../core/conversation.ts';
import type { ExchangeDetail } from '../core/ports.ts';
import { exchangeFacts, isFailed, sessionFacts, titleOf } from './facts.ts';
import { messageHtml, partHtml } from './html-parts.ts';
import { PAGE_STYLE } from './html-style.ts';
import { NewMessages } from './new-messages.ts';
import type { ExportGroup } from './source.ts';
import { escapeHtml } from './text.ts';

export function* htmlChunks(groups: Iterable<ExportGroup>): Generator<string, void> {
  let isFirst = true;
  for (const group of groups) {
    if (isFirst) yield headHtml(titleOf(group));
    isFirst = false;
    yield* groupHtml(group);
  }
  if (isFirst) yield headHtml('Nothing was recorded');
  yield '</main>\n</body>\n</html>\n';
}

function headHtml(title: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="LunaRoute">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
`;
}

function* groupHtml(group: ExportGroup): Generator<string, void> {
  const { session, isPart } = group;
  yield `<section>\n<header>\n<h1>${escapeHtml(titleOf(group))}</h1>\n`;
  if (session !== null)
    yield factsHtml(isPart ? sessionFacts(session).slice(0, 4) : sessionFacts(session));
  yield '</header>\n';
  const fresh = new NewMessages();
  let number = 0;
  for (const exchange of group.exchanges) {
    number += 1;
    yield exchangeHtml(exchange, fresh.of(exchange), isPart ? null : number);
  }
  yield '</section>\n';
}

function factsHtml(facts: readonly (readonly [string, string])[]): string {
  const rows = facts.map(
    ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl>${rows.join('')}</dl>\n`;
}

function exchangeHtml(
  exchange: ExchangeDetail,
  messages: readonly Message[],
  number: number | null,
): string {
  const facts = exchangeFacts(exchange).map((fact) => `<span>${escapeHtml(fact)}</span>`);
  const kind = isFailed(exchange) ? ' class="failed"' : '';
  const said = messages.map(messageHtml).join('');
  const answer = exchange.answer.map(partHtml).join('');
  const body = `${said}${answer === '' ? '' : `<div class="message assistant"><h3>answer</h3>${answer}</div>\n`}`;
  // A client's helper calls repeat the conversation: there for whoever looks for them.
  const content =
    exchange.auxiliary === null || body === ''
      ? body
      : `<details><summary>what it said</summary>${body}</details>\n`;
  const heading = number === null ? '' : `<b>#${number}</b>`;
  return `<article${kind}>\n<h2>${heading}${facts.join('')}</h2>\n${content}</article>\n`;
}
