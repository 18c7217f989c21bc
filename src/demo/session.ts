/**
 * The shape of a scripted agent session: what the person asks, what the model answers, what the tools
 * give back. Both ends of the demo are made from it (the agent's requests and the provider's answers),
 * so every number that the demo should show is known beforehand. Pure data.
 */
import { addUsage, NO_USAGE, type Usage } from '../core/usage.ts';

export interface Call {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly result: string;
  readonly isError?: boolean;
  /** How long the tool takes. */
  readonly ms: number;
}

/** An answer of the model. */
export interface Spoken {
  readonly kind: 'spoken';
  readonly thinking: string;
  readonly text: string;
  readonly calls: readonly Call[];
  readonly usage: Usage;
}

/** An error of the provider; the agent waits for `retryMs` and asks again. */
export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  readonly error: { readonly type: string; readonly message: string };
  readonly headers: Readonly<Record<string, string>>;
  readonly retryMs: number;
}

export type Answer = Spoken | Refused;

export interface DemoSession {
  readonly id: string;
  readonly model: string;
  readonly system: string;
  /** From this answer on the system prompt is another one: the prompt cache misses. */
  readonly changedSystem: { readonly from: number; readonly text: string } | null;
  readonly tools: readonly string[];
  readonly prompt: string;
  readonly answers: readonly Answer[];
}

/** What of the session lies before its answer number `index`. */
export interface Position {
  readonly session: DemoSession;
  readonly index: number;
}

/** The model's answers before this one. */
export function spokenBefore({ session, index }: Position): Spoken[] {
  return session.answers.slice(0, index).filter((answer) => answer.kind === 'spoken');
}

export function systemAt({ session, index }: Position): string {
  const { changedSystem, system } = session;
  return changedSystem !== null && index >= changedSystem.from ? changedSystem.text : system;
}

/** The tokens of all answers. */
export function usageOf(answers: readonly Answer[]): Usage {
  return answers.reduce(
    (sum, answer) => (answer.kind === 'spoken' ? addUsage(sum, answer.usage) : sum),
    NO_USAGE,
  );
}

/** Text in pieces as a model sends it: a few words each; together they are the text. */
export function pieces(text: string): string[] {
  return text.match(/(?:\S+\s*){1,3}|\s+/g) ?? [];
}
