import { expect, test } from 'vitest'
import { BuildService } from '../build-service/build-service.ts'
import { routeTable } from '../routes/table.ts'
import { innerReferences, namedSchemas } from './named-schemas.ts'
import { openApiDocument } from './document.ts'
import { operations } from './operations.ts'

interface Document {
  readonly paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string }[] }>>
  readonly components: { readonly schemas: Record<string, unknown> }
}

const document = openApiDocument('0.1.0') as unknown as Document

test('every route is described, and nothing else', () => {
  const facts = { authorizers: () => [], buildkit: new BuildService('/nowhere'), builds: () => true }
  const routes = routeTable(facts).map(({ method, path }) => `${method} ${path}`)
  expect(Object.keys(operations).toSorted()).toEqual([...new Set(routes)].toSorted())
})

test('every operation has an id of its own, and every variable of a path a parameter', () => {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })),
  )
  expect(all.length).toBe(Object.keys(operations).length)
  expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length)
  for (const { path, parameters } of all) {
    const variables = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(variables)
    expect(new Set(parameters.map((each) => `${each.in} ${each.name}`)).size).toBe(parameters.length)
  }
})

test('every reference leads to a schema, and schemas with a name stand there once', () => {
  const text = JSON.stringify(document)
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '')
  expect(references).toContain('ContainerInspect')
  expect(references).toContain('ContainerCreateRequest')
  for (const name of references) expect(document.components.schemas).toHaveProperty(name)
  for (const [name, schema] of Object.entries(namedSchemas)) {
    expect(innerReferences(schema), name).toEqual(document.components.schemas[name])
  }
})

test('it is plain JSON', () => {
  expect(JSON.parse(JSON.stringify(document))).toEqual(document)
})
