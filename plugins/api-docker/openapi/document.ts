import { newestVersion, oldestVersion } from '../compat/api-version.ts'
import { innerReferences, namedSchemas, withReferences } from './named-schemas.ts'
import type { Answer, Operation } from './operation.ts'
import { operationsByTag } from './operations.ts'

type Node = Readonly<Record<string, unknown>>

/**
 * The API as an OpenAPI 3.1 document, in its newest version. The schemas of bodies are those that requests are read
 * by. Variables of a path may hold slashes, which OpenAPI has no word for.
 */
export function openApiDocument(version: string): Node {
  const paths: Record<string, Record<string, Node>> = {}
  for (const [tag, operations] of Object.entries(operationsByTag)) {
    for (const [key, operation] of Object.entries(operations)) {
      const [method = '', path = ''] = key.split(' ')
      paths[path] = { ...paths[path], [method.toLowerCase()]: operationNode(tag, path, operation) }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Moby Origin: the Docker Engine API',
      version: newestVersion,
      description: `Served by version ${version}. A path may begin with a version of the API, from v${oldestVersion} to v${newestVersion}; without one it means the newest. Keys of bodies are read in any case, and null means that nothing is given.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `/v${newestVersion}` }, { url: '/' }],
    tags: Object.keys(operationsByTag).map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(namedSchemas).map(([name, schema]) => [name, innerReferences(schema)]),
      ),
    },
  }
}

function operationNode(tag: string, path: string, operation: Operation): Node {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(operation.query ?? {}).map(([name, { schema, description, since }]) => ({
    name,
    in: 'query',
    description: since === undefined ? description : `${description}. Since 1.${since}`,
    schema,
  }))
  const filters = operation.filters === undefined ? [] : [filtersNode(operation.filters)]
  return {
    operationId: operation.id,
    tags: [tag],
    summary: operation.summary,
    parameters: [...inPath, ...inQuery, ...filters],
    ...(operation.body === undefined ? {} : { requestBody: { content: contentOf(operation.body) } }),
    responses: {
      ...Object.fromEntries(Object.entries(operation.answers).map(([status, each]) => [status, answerNode(each)])),
      default: {
        description: 'What is wrong, in the words that clients look for',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorResponse' } } },
      },
    },
  }
}

function filtersNode(keys: readonly string[]): Node {
  return {
    name: 'filters',
    in: 'query',
    description: `JSON: sets of values by key, as {"label":{"a=1":true}} or {"label":["a=1"]}. Keys: ${keys.join(', ')}`,
    schema: { type: 'string' },
  }
}

function contentOf(body: NonNullable<Operation['body']>): Node {
  return typeof body === 'string' ? { [body]: {} } : { 'application/json': { schema: withReferences(body) } }
}

function answerNode({ description, json, lines, bytes }: Answer): Node {
  const schema = json ?? lines
  if (schema !== undefined) return { description, content: { 'application/json': { schema: withReferences(schema) } } }
  return bytes === undefined ? { description } : { description, content: { [bytes]: {} } }
}
