import type { EngineEvent, RequestOf, engineSystem } from '@moby/contracts'

export type EventFilter = NonNullable<RequestOf<typeof engineSystem, 'events'>['filter']>

/** Actions that carry more after a colon (`exec_create: ls`); asked for by the bare word, any will do. */
const openActions = ['health_status', 'exec_create', 'exec_start']

/**
 * Whether an event passes: all given conditions must hold, within one any value suffices, of labels
 * all. As in Docker, ids and names of objects match by their beginning, images exactly (with or
 * without tag, the image of a container too).
 */
export function matchesFilter(event: EngineEvent, filter: EventFilter): boolean {
  const named = (values: string[] | undefined) =>
    begins(event.id, values) || begins(event.attributes['name'] ?? '', values)
  return (
    matchesAction(event.action, filter.actions) &&
    equals([event.type], filter.types) &&
    equals(['local'], filter.scopes) &&
    named(filter.containers) &&
    named(filter.networks) &&
    named(filter.volumes) &&
    named(filter.daemons) &&
    named(filter.plugins) &&
    equals(imageNames(event), filter.images) &&
    (filter.labels ?? []).every((label) => hasLabel(event.attributes, label))
  )
}

function matchesAction(action: string, wanted: string[] | undefined): boolean {
  return wanted?.some((word) => openActions.includes(word)) === true ? begins(action, wanted) : equals([action], wanted)
}

function equals(candidates: readonly string[], wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.length === 0 || candidates.some((candidate) => wanted.includes(candidate))
}

function begins(candidate: string, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.some((value) => candidate.startsWith(value))
}

function imageNames(event: EngineEvent): string[] {
  const name = event.attributes[event.type === 'image' ? 'name' : 'image'] ?? ''
  return [event.id, name, withoutTag(event.id), withoutTag(name)]
}

/** `docker.io/library/alpine:3` → `alpine`: the familiar name of a repository. */
function withoutTag(reference: string): string {
  const name = reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '')
  return name.replace(/^docker\.io\//, '').replace(/^library\//, '')
}

function hasLabel(attributes: Readonly<Record<string, string>>, label: string): boolean {
  const [key = '', ...rest] = label.split('=')
  if (!Object.hasOwn(attributes, key)) return false
  return rest.length === 0 || attributes[key] === rest.join('=')
}
