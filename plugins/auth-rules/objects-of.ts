import { readValues } from './read-values.ts'

/** Where requests of the engine have the names of what they are about, and where those of Docker's API have them. */
const places = [
  'ref',
  'refs',
  'id',
  'name',
  'container',
  'reference',
  'target',
  'spec.name',
  'vars.ref',
  'vars.name',
  'vars.id',
  'query.name',
  'query.names',
  'query.container',
  'query.remote',
  'query.t',
  'body.Name',
  'body.Container',
].map((place) => place.split('.'))

/** Names in a query that have their tag beside them. */
const tagged = ['fromImage', 'repo']

/** The names that a request gives of what it is about, as the caller has written them. */
export function objectsOf(request: unknown): string[] {
  const [tag = ''] = texts(readValues(request, ['query', 'tag']))
  const withTag = tagged.flatMap((key) =>
    texts(readValues(request, ['query', key])).map((name) => (tag === '' ? name : `${name}:${tag}`)),
  )
  return [...new Set([...places.flatMap((place) => texts(readValues(request, place))), ...withTag])]
}

function texts(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string' && value !== '') as string[]
}
