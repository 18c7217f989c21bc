/**
 * Which provider a request goes to, or why it goes nowhere. Pure: a request's head and, where it
 * matters, its model in; a decision out. First match wins, as DESIGN section 5 lists it.
 * Must never guess between two providers: a credential sent to the wrong one has leaked.
 */
import type { CodexLogin } from '../core/codex-login.ts';
import type { Dialect } from '../core/conversation.ts';
import { globPattern } from '../core/glob.ts';
import type { ProviderOptions, ProxyOptions } from '../core/options.ts';
import {
  credentialVendor,
  credentialVendors,
  hasCredential,
  usesConfiguredKey,
  type Vendor,
  vendorOf,
} from './credentials.ts';
import type { HeaderMap } from './headers.ts';
import { chatgptTarget, type PathFacts, pathFacts } from './paths.ts';

interface RouteRequest {
  readonly target: string;
  readonly headers: HeaderMap;
  /** The body's model; null when it has none; undefined while nobody has looked. */
  readonly model: string | null | undefined;
  /** A WebSocket is asked for: its model comes later, in a message. */
  readonly isUpgrade: boolean;
}

export type RouteDecision =
  | {
      readonly kind: 'forward';
      readonly provider: ProviderOptions;
      readonly dialect: Dialect | null;
      /** Path and query for the provider, to be appended to its base URL. */
      readonly target: string;
      /** To be sent instead of the credential that the client does not have. */
      readonly login: CodexLogin | null;
    }
  /** The body decides: ask again with its model. */
  | { readonly kind: 'needs-model' }
  | {
      readonly kind: 'refuse';
      readonly code:
        | 'ambiguous-provider'
        | 'unknown-path'
        | 'bad-request'
        | 'login-expired'
        | 'needs-http';
      readonly message: string;
    };

export type Router = (request: RouteRequest) => RouteDecision;
type Refusal = Extract<RouteDecision, { kind: 'refuse' }>;
type Choice = ProviderOptions | Extract<RouteDecision, { kind: 'needs-model' | 'refuse' }>;

interface Rule {
  readonly pattern: RegExp;
  readonly provider: ProviderOptions;
}

export type RoutingOptions = Pick<ProxyOptions, 'providers' | 'routes' | 'dialects' | 'bypass'>;

/** Codex's logins, which change while the proxy runs. */
export interface Logins {
  /** By the name of a provider; null when it has none. */
  readonly loginOf: (provider: string) => CodexLogin | null;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const NO_LOGINS: Logins = { loginOf: () => null, now: () => 0 };

export function makeRouter(options: RoutingOptions, logins: Logins = NO_LOGINS): Router {
  const served = options.providers.filter(
    ({ type }) => options.dialects === 'both' || vendorOf(type) === options.dialects,
  );
  const rules = compileRules(options, served);
  return (request) => {
    if (!request.target.startsWith('/')) {
      return refuse('bad-request', 'only paths such as /v1/messages are accepted, no full URLs');
    }
    const facts = pathFacts(request.target);
    const table = { options, served, rules, logins };
    const choice = choose(request, facts, table);
    if ('kind' in choice) return choice;
    return usesLogin(request, choice)
      ? sendLogin(facts, choice, table)
      : checkCredential(request, facts, choice);
  };
}

interface Table {
  readonly options: RoutingOptions;
  readonly served: readonly ProviderOptions[];
  readonly rules: readonly Rule[];
  readonly logins: Logins;
}

function choose(request: RouteRequest, facts: PathFacts, table: Table): Choice {
  if (facts.owner === 'unknown' && !table.options.bypass) {
    return refuse('unknown-path', 'this path is not known and bypass.enabled is false');
  }
  if (table.rules.length > 0) {
    const { model } = request;
    // Codex falls back to HTTP at once, where the rules can see the model.
    if (request.isUpgrade) return refuse('needs-http', BY_MODEL);
    if (model === undefined) return { kind: 'needs-model' };
    const rule = model === null ? undefined : table.rules.find((r) => r.pattern.test(model));
    if (rule !== undefined) return rule.provider;
  }
  if (facts.owner === 'chatgpt' || isChatgptLogin(request, facts)) {
    return ofType('chatgpt', table);
  }
  if (facts.owner === 'anthropic' || facts.owner === 'openai') return ofType(facts.owner, table);
  return chooseByMarks(request, facts, table);
}

function chooseByMarks(request: RouteRequest, facts: PathFacts, table: Table): Choice {
  const marks = vendorMarks(request.headers);
  if (marks.size === 2) return ambiguous('it carries marks of both OpenAI and Anthropic');
  for (const vendor of marks) return ofType(vendor, table);
  const [only, ...others] = table.served.filter(({ type }) => type !== 'chatgpt');
  if (only !== undefined && others.length === 0) return only;
  // Anthropic's API refuses requests without anthropic-version, so one without it is OpenAI's.
  if (facts.owner === 'shared') return ofType('openai', table);
  if (request.model === undefined) return { kind: 'needs-model' };
  const vendor = modelVendor(request.model ?? '');
  return vendor === null
    ? ambiguous('its path, headers and model name neither')
    : ofType(vendor, table);
}

/** Codex with a ChatGPT login sends it to the paths of the API (clients/README.md section 4). */
function isChatgptLogin({ headers }: RouteRequest, facts: PathFacts): boolean {
  return headers.has('chatgpt-account-id') && facts.owner !== 'anthropic';
}

function vendorMarks(headers: HeaderMap): Set<Vendor> {
  const marks = new Set<Vendor>();
  for (const name of headers.keys()) {
    if (name.startsWith('anthropic-') || name === 'x-api-key') marks.add('anthropic');
    else if (name.startsWith('openai-')) marks.add('openai');
  }
  const vendor = credentialVendor(headers);
  return vendor === null ? marks : marks.add(vendor);
}

function modelVendor(model: string): Vendor | null {
  if (/^claude-/.test(model)) return 'anthropic';
  return /^(gpt-|chatgpt-|codex-|o\d)/.test(model) ? 'openai' : null;
}

/** The provider that is named like its type, else the first of that type. */
function ofType(type: ProviderOptions['type'], { served, options }: Table): Choice {
  const found =
    served.find((p) => p.type === type && p.name === type) ?? served.find((p) => p.type === type);
  if (found !== undefined) return found;
  const reason =
    options.dialects === 'both' || options.dialects === vendorOf(type)
      ? `no provider of type ${type} is enabled: see providers in the configuration`
      : `this is ${type}'s, and api_dialect is set to ${options.dialects}`;
  return refuse('unknown-path', reason);
}

function checkCredential(
  request: RouteRequest,
  facts: PathFacts,
  provider: ProviderOptions,
): RouteDecision {
  const vendors = [...credentialVendors(request.headers)];
  const vendor = vendors.find((name) => name !== vendorOf(provider.type));
  if (
    vendor !== undefined &&
    !(provider.auth === 'always' && usesConfiguredKey(provider, request.headers))
  ) {
    return refuse(
      'ambiguous-provider',
      `the request would go to provider '${provider.name}', but its key is of ${vendor}: it was not sent. Use the key and the path of one provider`,
    );
  }
  const target = provider.type === 'chatgpt' ? chatgptTarget(facts.target) : facts.target;
  return { kind: 'forward', provider, dialect: facts.dialect, target, login: null };
}

function usesLogin({ headers }: RouteRequest, provider: ProviderOptions): boolean {
  const mayUse = provider.codexAuth !== null && provider.apiKey === null;
  return mayUse && !hasCredential(headers) && !headers.has('chatgpt-account-id');
}

/** A key is the provider's own; a ChatGPT login is worth something at the ChatGPT backend only. */
function sendLogin(facts: PathFacts, provider: ProviderOptions, table: Table): RouteDecision {
  const login = table.logins.loginOf(provider.name);
  const { target, dialect } = facts;
  const isForChatgpt = dialect === 'openai-responses' || facts.owner === 'shared';
  if (login === null || login.accountId === null || !isForChatgpt) {
    const own = login?.accountId === null ? login : null;
    return { kind: 'forward', provider, dialect, target, login: own };
  }
  if (login.expiresAt !== null && login.expiresAt <= table.logins.now()) {
    return refuse('login-expired', `${EXPIRED} (${provider.codexAuth})`);
  }
  const chatgpt = ofType('chatgpt', table);
  if ('kind' in chatgpt) return chatgpt;
  return { kind: 'forward', provider: chatgpt, dialect, target: chatgptTarget(target), login };
}

const BY_MODEL = 'routes decide by the model, which a WebSocket names only later: use HTTP';
const EXPIRED = 'the Codex login has expired: run codex once, which renews it, or codex login';

function compileRules(options: RoutingOptions, served: readonly ProviderOptions[]): Rule[] {
  return options.routes.flatMap(({ model, provider: name }) => {
    const provider = served.find((candidate) => candidate.name === name);
    return provider === undefined ? [] : [{ pattern: globPattern(model), provider }];
  });
}

function ambiguous(reason: string): Refusal {
  return refuse(
    'ambiguous-provider',
    `cannot tell which provider this request is for: ${reason}. Send it to one provider's path (/v1/messages, /v1/chat/completions, /v1/responses), add the header anthropic-version or openai-organization, or add a rule to routes in the configuration`,
  );
}

function refuse(code: Refusal['code'], message: string): Refusal {
  return { kind: 'refuse', code, message };
}
