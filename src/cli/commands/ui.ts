/** `lunaroute ui [id]`: the web page of the running server in the browser, started if need be. */
import { UserError } from '../../core/errors.ts';
import { type PageTarget, pageLink } from '../../core/page-link.ts';
import type { History } from '../../core/ports.ts';
import { serverFor } from '../background/served.ts';
import type { Answering } from '../background/start-server.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { openBrowser } from '../open-browser.ts';
import { requireSession, withHistory } from '../open-records.ts';

export async function runUi(invocation: Invocation): Promise<number> {
  const { context, args, option, isJson } = invocation;
  const { print } = context;
  const [id] = args;
  const target =
    id === undefined ? null : withHistory(invocation, (history) => targetOf(history, id));
  const { started } = await serverFor(invocation);
  const url = pageLink(pageOf(started.server), target);
  if (isJson) {
    print.json({ url, started: started.isNew });
    return 0;
  }
  const isOpen = option('print') !== true && (await openBrowser(url, context));
  print.line(url);
  if (option('print') !== true && !isOpen) print.note('no browser could be started: open it there');
  if (loadFor(invocation).config.ui.auth_token !== undefined) {
    print.note('sign in with any name, and ui.auth_token as the password');
  }
  return 0;
}

/** A whole exchange id, else a session by any unique beginning of its id. */
function targetOf(history: History, id: string): PageTarget {
  if (history.exchange(id) !== null) return { type: 'exchange', exchangeId: id };
  return { type: 'session', sessionId: requireSession(history, id) };
}

function pageOf(server: Answering): string {
  if (server.kind === 'other') {
    throw new UserError('the LunaRoute on this port belongs to another data folder or user', {
      hint: 'name its data folder: LUNAROUTE_HOME=… lunaroute ui',
    });
  }
  const { screen } = server.record;
  if (screen !== null) return screen.url;
  throw new UserError('the server that runs shows no web page', {
    hint: 'set ui.enabled: true, then `lunaroute stop`; or see `lunaroute logs` for why it cannot',
  });
}
