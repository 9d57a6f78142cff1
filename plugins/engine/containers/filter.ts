import { codedError, type ContainerFilter } from '@moby/contracts'
import type { NetworkStore } from '../networks/network-store.ts'
import type { ContainerRecord } from './container-record.ts'
import type { ContainerStore } from './container-store.ts'
import { statusForUsers } from './show.ts'
import type { ImageSource } from './ports.ts'

export interface FilterContext {
  readonly store: Pick<ContainerStore, 'find'>
  readonly networks: Pick<NetworkStore, 'get'>
  readonly images: Pick<ImageSource, 'resolve'>
  readonly healthOf: (id: string) => string
}

type Test = (record: ContainerRecord) => boolean

/**
 * Compiles a filter. All kinds of condition must hold; within one kind one value suffices, except for labels.
 * Fails with FILTER_INVALID, and with CONTAINER_NOT_FOUND for an unknown `before` or `since`.
 */
export function compileFilter(context: FilterContext, filter: ContainerFilter): Test {
  const tests: Test[] = []
  const some = <T>(values: readonly T[] | undefined, test: (record: ContainerRecord, value: T) => boolean) => {
    if (values !== undefined && values.length > 0) {
      tests.push((record) => values.some((value) => test(record, value)))
    }
  }
  some(filter.ids, (record, id) => record.id.startsWith(id))
  some(filter.names?.map(compileName), (record, name) => name.test(record.name) || name.test(`/${record.name}`))
  some(filter.statuses, (record, status) => statusForUsers(record) === status)
  some(filter.exitCodes, (record, code) => record.status === 'exited' && record.exitCode === code)
  some(
    filter.ancestors?.map((ref) => resolveAncestor(context, ref)),
    (record, image) => record.image.id === image,
  )
  some(filter.networks, (record, network) => isOn(context, record, network))
  some(filter.volumes, (record, volume) => mounts(record, volume))
  some(filter.publish, (record, port) => publishes(record, port))
  some(filter.expose, (record, port) => record.process.exposedPorts.some((exposed) => portMatches(exposed, port)))
  some(filter.health, (record, health) => context.healthOf(record.id) === health)
  for (const label of filter.labels ?? []) tests.push((record) => hasLabel(record.process.labels, label))
  if (filter.before !== undefined) {
    const { createdAt } = context.store.find(filter.before)
    tests.push((record) => record.createdAt < createdAt)
  }
  if (filter.since !== undefined) {
    const { createdAt } = context.store.find(filter.since)
    tests.push((record) => record.createdAt > createdAt)
  }
  if (filter.createdBefore !== undefined) {
    const limit = Date.parse(filter.createdBefore)
    tests.push((record) => Date.parse(record.createdAt) < limit)
  }
  return (record) => tests.every((test) => test(record))
}

/** True for a label of that key, and of that value where one is given: `key`, `key=value`. */
export function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const at = wanted.indexOf('=')
  const key = at < 0 ? wanted : wanted.slice(0, at)
  return Object.hasOwn(labels, key) && (at < 0 || labels[key] === wanted.slice(at + 1))
}

function compileName(pattern: string): RegExp {
  try {
    return new RegExp(pattern)
  } catch (cause) {
    throw codedError('FILTER_INVALID', `invalid filter 'name=${pattern}': it is no regular expression`, { cause })
  }
}

function resolveAncestor({ images }: FilterContext, ref: string): string {
  try {
    return images.resolve(ref).id
  } catch {
    return ''
  }
}

function isOn({ networks }: FilterContext, record: ContainerRecord, wanted: string): boolean {
  return record.endpoints.some(({ networkId, spec }) => {
    const name = networks.get(networkId)?.name ?? spec.network
    return networkId === wanted || name === wanted || (wanted.length >= 12 && networkId.startsWith(wanted))
  })
}

function mounts(record: ContainerRecord, wanted: string): boolean {
  return record.mounts.some(
    ({ spec, target, volume }) => target === wanted || volume?.name === wanted || spec.source === wanted,
  )
}

function publishes(record: ContainerRecord, wanted: string): boolean {
  const ports = record.endpoints.flatMap(({ live }) => live?.ports ?? [])
  return ports.some((port) => portMatches(`${port.hostPort ?? 0}/${port.protocol}`, wanted))
}

/** `80`, `80/udp` or `80-90/tcp`; tcp where no protocol is given. */
function portMatches(port: string, wanted: string): boolean {
  const [number = '', protocol = 'tcp'] = port.split('/')
  const [range = '', wantedProtocol = 'tcp'] = wanted.split('/')
  const [first = Number.NaN, last = first] = range.split('-').map(Number)
  if (Number.isNaN(first)) throw codedError('FILTER_INVALID', `invalid filter: "${wanted}" is no port`)
  return protocol === wantedProtocol && Number(number) >= first && Number(number) <= last
}
