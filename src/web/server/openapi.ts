/** The OpenAPI 3.1 document, made from the operations and shapes that the server itself runs on. */
import * as z from 'zod';
import { LIVE_SUMMARY } from './live-stream.ts';
import type { Answer, Operation } from './operation.ts';
import { SHAPES } from './shapes/all-shapes.ts';

type Json = Readonly<Record<string, unknown>>;

export interface OpenApi {
  readonly openapi: string;
  readonly info: Json;
  readonly servers: readonly Json[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: Json;
}

const BASE = '/api/v1';
const reference = (name: string): string => `#/components/schemas/${name}`;

export function openApiOf(operations: readonly Operation[], version: string): OpenApi {
  const names = new Map<z.ZodType, string>(
    Object.entries(SHAPES).map(([name, shape]) => [shape, name]),
  );
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describe(operation, names),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'LunaRoute', version, description: ABOUT },
    servers: [{ url: BASE }],
    paths: { ...paths, '/live': { get: LIVE }, '/openapi.json': { get: SELF } },
    components: { schemas: schemas(), securitySchemes: SECURITY },
  };
}

const ABOUT = [
  'What LunaRoute has recorded and what happens now. Times are epoch milliseconds, durations',
  'milliseconds, money nano-dollars (1e-9 USD); what was not measured is null. Lists are',
  '`{ items, next }`: `next` is the `cursor` of the following page, null at the end.',
].join(' ');

const SECURITY = {
  token: {
    type: 'apiKey',
    in: 'header',
    name: 'x-lunaroute-token',
    description: 'For what changes something: `token` of GET /overview.',
  },
};

const LIVE = {
  summary: LIVE_SUMMARY,
  responses: { '200': { description: 'Events', content: { 'text/event-stream': {} } } },
};
const SELF = {
  summary: 'This document',
  responses: { '200': { description: 'OpenAPI 3.1', content: { 'application/json': {} } } },
};

function describe(operation: Operation, names: ReadonlyMap<z.ZodType, string>): Json {
  const { path, summary, query, answer, method } = operation;
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
  const parameters = [...(path.includes('{id}') ? [id] : []), ...queryParameters(query)];
  return {
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(method !== 'get' && { security: [{ token: [] }] }),
    responses: { ...responseOf(answer, names), default: PROBLEM },
  };
}

const PROBLEM = {
  description: 'Why not (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: reference('Problem') } } },
};

function responseOf(answer: Answer, names: ReadonlyMap<z.ZodType, string>): Json {
  switch (answer.kind) {
    case 'nothing':
      return { '204': { description: 'Done' } };
    case 'file':
      return {
        '200': {
          description: 'The bytes, as a file to save',
          content: Object.fromEntries(answer.types.map((type) => [type, {}])),
        },
      };
    case 'json': {
      const name = names.get(answer.shape);
      if (name === undefined) throw new Error('an answer has no name in SHAPES');
      const content = { 'application/json': { schema: { $ref: reference(name) } } };
      return { '200': { description: name, content } };
    }
  }
}

function queryParameters(query: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input' });
  const inputs = z.toJSONSchema(query, { io: 'output' }).properties ?? {};
  return Object.keys(properties).map((name) => {
    const { description, ...schema } = { description: '', ...Object(inputs[name]) };
    return {
      name,
      in: 'query',
      required: required.includes(name),
      ...(description !== '' && { description }),
      schema,
    };
  });
}

/** Shapes that are named refer to each other by name. */
function schemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, shape] of Object.entries(SHAPES)) registry.add(shape, { id });
  const { schemas: all } = z.toJSONSchema(registry, { uri: reference });
  return Object.fromEntries(
    Object.entries(all).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]),
  );
}
