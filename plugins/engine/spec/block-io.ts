import { codedError, type ResourceSpec } from '@moby/contracts'
import { toDevice } from '@moby/lib-oci-runtime'
import { statSync } from 'node:fs'
import type { LinuxResources } from './oci.ts'

type BlockIO = NonNullable<LinuxResources['blockIO']>

/** Keys of the limits of single devices, and what the runtime calls them (runtime-spec config-linux.md, blockIO). */
const rates = [
  ['blkioReadBps', 'throttleReadBpsDevice'],
  ['blkioWriteBps', 'throttleWriteBpsDevice'],
  ['blkioReadIops', 'throttleReadIOPSDevice'],
  ['blkioWriteIops', 'throttleWriteIOPSDevice'],
] as const

/**
 * Weight and limits of block devices, which are looked up now: their numbers may be others than at the creation.
 * Undefined when nothing is limited. Fails with CONTAINER_START_FAILED, in Docker's words, for a path that is none.
 */
export function toBlockIO(resources: ResourceSpec): BlockIO | undefined {
  const weightDevice = resources.blkioWeightDevices?.map(({ path, weight }) => ({ ...numberOf(path), weight }))
  const blockIO: BlockIO = {
    ...(resources.blkioWeight === undefined ? {} : { weight: resources.blkioWeight }),
    ...(weightDevice === undefined ? {} : { weightDevice }),
    ...Object.fromEntries(
      rates.flatMap(([key, name]) => {
        const limits = resources[key]?.map(({ path, rate }) => ({ ...numberOf(path), rate }))
        return limits === undefined ? [] : [[name, limits]]
      }),
    ),
  }
  return Object.keys(blockIO).length === 0 ? undefined : blockIO
}

function numberOf(path: string): { major: number; minor: number } {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw failure(`stat ${path}: no such file or directory`)
  const device = toDevice(stats, path)
  if (device === undefined) throw failure(`stat ${path}: not a device`)
  return { major: device.major, minor: device.minor }
}

function failure(message: string) {
  return codedError('CONTAINER_START_FAILED', message, { hint: 'Limits of block I/O name a block device of the host.' })
}
