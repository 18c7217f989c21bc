// docs/API.md from the OpenAPI document that the server serves. `npm run docs:api` writes it.
import type { OpenApi } from '../../src/web/server/openapi.ts';
import type { Json } from './ui-api.ts';

export function apiDocs({ paths, components, info }: OpenApi): string {
  return [
    '# The web API',
    '',
    '<!-- Made by `npm run docs:api` from the OpenAPI document that the server serves itself. -->',
    '',
    `${ABOUT}\n\n${text(info['description'])}`,
    '',
    '## Calls',
    '',
    ...Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) => callLines(method, path, operation)),
    ),
    '## Shapes',
    '',
    '`?` after a name: it may be left out.',
    '',
    ...Object.entries(Object(components['schemas'])).flatMap(([name, shape]) => [
      `### ${name}`,
      '',
      '```',
      typeText(shape, ''),
      '```',
      '',
    ]),
  ].join('\n');
}

const ABOUT = `Under \`http://127.0.0.1:8082/api/v1\` (\`ui.host\`, \`ui.port\`), as \`/api/v1/openapi.json\` says it.
Only requests for this server's own name are answered (\`Host\`, \`Origin\`; \`allowed_hosts\` adds names). What
changes something needs the header \`x-lunaroute-token\`, whose value \`GET /overview\` tells. With
\`ui.auth_token\` set, every request needs it: \`Authorization: Bearer …\`, or as the password of a browser's
sign-in. Errors are RFC 9457 problem details.`;

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function callLines(method: string, path: string, operation: Json): string[] {
  const parameters = (operation.parameters ?? []).filter((one: Json) => one.in === 'query');
  const [[status, response]]: Json = Object.entries(operation.responses);
  const content = Object.entries(response.content ?? {});
  const answer = content
    .map(([type, body]: [string, Json]) => body.schema?.$ref?.split('/').at(-1) ?? type)
    .join(' or ');
  return [
    `### ${method.toUpperCase()} ${path}`,
    '',
    `${operation.summary}. ${answer === '' ? `Answers ${status}` : `Answers ${answer}`}.`,
    '',
    ...parameters.map(
      ({ name, required, schema, description }: Json) =>
        `- \`${name}\`${required ? ' (required)' : ''}: ${[description, valueText(schema)].filter(Boolean).join(' ')}`,
    ),
    ...(parameters.length > 0 ? [''] : []),
  ];
}

function valueText(schema: Json): string {
  const usual = schema.default === undefined ? '' : ` (${schema.default})`;
  if (schema.enum !== undefined) return `One of ${schema.enum.join(', ')}${usual}.`;
  return usual === '' ? '' : `Usually${usual.replace(/[()]/g, '')}.`;
}

function typeText(schema: Json, indent: string): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one: string) => `"${one}"`).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map((one: Json) => typeText(one, indent)).join(' | ');
  if (schema.prefixItems !== undefined) {
    return `[${schema.prefixItems.map((one: Json) => typeText(one, indent)).join(', ')}]`;
  }
  if (schema.type === 'array') return `[${typeText(schema.items, indent)}, …]`;
  if (schema.properties !== undefined) return objectText(schema, indent);
  if (schema.type === 'object')
    return `{ any name: ${typeText(schema.additionalProperties, indent)} }`;
  return schema.type ?? 'anything';
}

function objectText({ properties, required = [] }: Json, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(
    ([name, shape]) =>
      `${inner}${name}${required.includes(name) ? '' : '?'}: ${typeText(shape, inner)}`,
  );
  return `{\n${lines.join('\n')}\n${indent}}`;
}
