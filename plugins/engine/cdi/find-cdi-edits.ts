import { codedError, type ContainerSpec } from '@moby/contracts'
import type { CdiEdits, CdiSpec } from './cdi-spec.ts'
import { readCdiSpecs } from './read-cdi-specs.ts'

type Request = NonNullable<ContainerSpec['deviceRequests']>[number]

/**
 * What the devices that a container asks for change in it, in order: of each spec what is for all its devices, once,
 * then what is for the device. Fails with CONTAINER_START_FAILED, in Docker's words, for a device that no spec tells of
 * and for a request that is not for CDI: there are no other drivers of devices.
 */
export function findCdiEdits(requests: readonly Request[], folders: readonly string[]): CdiEdits[] {
  return requests.flatMap((request) => {
    checkRequest(request)
    return editsOf(request.deviceIds, folders)
  })
}

function checkRequest({ driver, count, capabilities, options }: Request): void {
  if (driver !== 'cdi') {
    // As Go writes a list of lists.
    const words = `[${capabilities.map((list) => `[${list.join(' ')}]`).join(' ')}]`
    throw failure(`could not select device driver ${JSON.stringify(driver)} with capabilities: ${words}`, [
      'Name devices of the Container Device Interface instead, as --device nvidia.com/gpu=all.',
    ])
  }
  if (count !== 0) throw failure('unexpected count in CDI device request')
  if (Object.keys(options).length > 0) throw failure('unexpected options in CDI device request')
}

function editsOf(names: readonly string[], folders: readonly string[]): CdiEdits[] {
  if (names.length === 0) return []
  if (folders.length === 0) throw failure('CDI device injection failed: no CDI specification directories specified')
  const { devices, faults } = readCdiSpecs(folders)
  const unknown = names.filter((name) => !devices.has(name))
  if (unknown.length > 0) {
    throw failure(`CDI device injection failed: unresolvable CDI devices ${unknown.join(', ')}`, [
      `Specs are looked for in ${folders.join(' and ')}.`,
      ...faults.map(({ file, reason }) => `${file}: ${reason}.`),
    ])
  }
  const seen = new Set<CdiSpec>()
  return names.flatMap((name) => {
    const known = devices.get(name)
    if (known === undefined) return []
    const isFirst = !seen.has(known.spec)
    seen.add(known.spec)
    return [...(isFirst ? [known.spec.containerEdits ?? {}] : []), known.device.containerEdits]
  })
}

function failure(message: string, hints: readonly string[] = []) {
  return codedError('CONTAINER_START_FAILED', message, hints.length === 0 ? {} : { hint: hints.join(' ') })
}
