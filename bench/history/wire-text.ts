// What every request of a client repeats, and how answers arrive in pieces.
import { Corpus } from './corpus.ts';

const corpus = new Corpus(20_261_125);
corpus.reset(1);

/** As Claude Code sends it: about 12 kB. */
export const SYSTEM_TEXT = Array.from({ length: 12 }, () => corpus.prose(0, 1_000)).join('\n\n');
export const SYSTEM = JSON.stringify([
  { type: 'text', text: 'You are an agent for software engineering.' },
  { type: 'text', text: SYSTEM_TEXT, cache_control: { type: 'ephemeral' } },
]);
export const TOOLS = JSON.stringify(
  [
    'Read',
    'Bash',
    'Edit',
    'Grep',
    'Glob',
    'Write',
    'Task',
    'WebFetch',
    'TodoWrite',
    'NotebookEdit',
  ].map((name) => ({
    name,
    description: corpus.prose(0, 2_000),
    input_schema: {
      type: 'object',
      properties: { file_path: { type: 'string', description: corpus.prose(0, 80) } },
    },
  })),
);

/** Providers send a few tokens at a time. */
export function pieces(text: string): string[] {
  return text.match(/.{1,24}/gsu) ?? [];
}
