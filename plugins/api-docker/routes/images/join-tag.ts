import { invalidRequest } from '../../wire/api-error.ts'

/** The reference that `repo` and `tag` of a query make; undefined without repo. Its grammar is the engine's to check. */
export function joinTag(repository: string, tag: string): string | undefined {
  if (repository === '') return undefined
  if (repository.includes('@')) throw invalidRequest('cannot import digest reference')
  return tag === '' ? repository : `${withoutTag(repository)}:${tag}`
}

/** A colon after the last slash begins a tag; one before it belongs to a port. */
export function withoutTag(repository: string): string {
  const colon = repository.lastIndexOf(':')
  return colon > repository.lastIndexOf('/') ? repository.slice(0, colon) : repository
}
