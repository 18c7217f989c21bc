/**
 * One call of the API: where it is, what may be asked, what it answers and how. Routes, checks and the
 * OpenAPI document are all made from these, so that none can say what another does not.
 */
import * as z from 'zod';
import type { History } from '../../core/ports.ts';
import { ProblemError } from './problem.ts';
import type { Records } from './records.ts';

export type Answer =
  | { readonly kind: 'json'; readonly shape: z.ZodType }
  /** Bytes that a browser saves and never shows: what strangers wrote. */
  | { readonly kind: 'file'; readonly types: readonly string[] }
  | { readonly kind: 'nothing' };

/** What a request came with, as it came. */
interface Request {
  readonly records: Records;
  /** The id in the path; '' where there is none. */
  readonly id: string;
  readonly words: Readonly<Record<string, string>>;
}

export interface Operation {
  readonly method: 'get' | 'put' | 'delete';
  /** `{id}` is the only part that may vary. */
  readonly path: string;
  readonly summary: string;
  readonly query: z.ZodObject;
  readonly answer: Answer;
  readonly run: (request: Request) => Response | Promise<Response>;
}

interface Call<Query> {
  readonly records: Records;
  readonly id: string;
  readonly query: Query;
}

interface Spec<Shape extends z.ZodRawShape> {
  readonly path: string;
  readonly summary: string;
  readonly query: Shape;
}

interface ReadSpec<Shape extends z.ZodRawShape, T> extends Spec<Shape> {
  readonly answer: z.ZodType<T>;
  readonly read: (call: Call<z.output<z.ZodObject<Shape>>>) => NoInfer<T> | Promise<NoInfer<T>>;
}

/** A GET that answers JSON. */
export function reading<Shape extends z.ZodRawShape, T>(spec: ReadSpec<Shape, T>): Operation {
  const { path, summary, answer, read } = spec;
  const query = z.strictObject(spec.query);
  return {
    method: 'get',
    path,
    summary,
    query,
    answer: { kind: 'json', shape: answer },
    run: async ({ records, id, words }) =>
      Response.json(await read({ records, id, query: parseQuery(query, words) })),
  };
}

interface FileSpec<Shape extends z.ZodRawShape> extends Spec<Shape> {
  readonly types: readonly string[];
  readonly file: (call: Call<z.output<z.ZodObject<Shape>>>) => Response;
}

/** A GET that answers a file. */
export function fetching<Shape extends z.ZodRawShape>(spec: FileSpec<Shape>): Operation {
  const { path, summary, types, file } = spec;
  const query = z.strictObject(spec.query);
  return {
    method: 'get',
    path,
    summary,
    query,
    answer: { kind: 'file', types },
    run: ({ records, id, words }) => file({ records, id, query: parseQuery(query, words) }),
  };
}

interface ChangeSpec {
  readonly method: 'put' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly change: (records: Records, id: string) => void | Promise<void>;
}

/** What changes something; whoever runs it has seen the token. */
export function changing({ change, ...spec }: ChangeSpec): Operation {
  return {
    ...spec,
    query: z.strictObject({}),
    answer: { kind: 'nothing' },
    run: async ({ records, id }) => {
      await change(records, id);
      return new Response(null, { status: 204 });
    },
  };
}

function parseQuery<Shape extends z.ZodRawShape>(
  query: z.ZodObject<Shape>,
  words: Request['words'],
): z.output<z.ZodObject<Shape>> {
  const given = Object.entries(words).filter(([, word]) => word !== '');
  const { data, error } = query.safeParse(Object.fromEntries(given));
  if (error === undefined) return data;
  const problems = error.issues.map(({ path, message }) => [...path, message].join(': '));
  throw new ProblemError(400, problems.join('; '));
}

/** The history, for what cannot be answered without one. */
export function historyOf(records: Records): History {
  const history = records.history();
  if (history === null) throw new ProblemError(404, 'nothing has been recorded');
  return history;
}
