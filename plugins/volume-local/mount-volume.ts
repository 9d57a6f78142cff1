import { mountAll, mountsBelow, errnoOf } from '@moby/lib-linux'
import { codedError } from '@moby/contracts'
import type { VolumeMount } from './volume-options.ts'

/** File systems that a kernel may have been built without. */
const lacking = new Set(['ENODEV', 'EPROTONOSUPPORT'])

/** Mounts what a volume is made of, unless it is mounted already. Errors: HOST_LACKS, VOLUME_OPTION_INVALID. */
export function mountVolume(name: string, mount: VolumeMount, target: string): void {
  if (mountsBelow(target).includes(target)) return
  const { type, device, options } = mount
  try {
    mountAll([{ type, source: sourceOf(mount), options: [...options] }], target)
  } catch (error) {
    if (lacking.has(errnoOf(error) ?? '')) {
      throw codedError(
        'HOST_LACKS',
        `This host's kernel has no file system "${type}", which volume "${name}" is made of.`,
        {
          hint: `Load the kernel module for ${type}, or create the volume with another type.`,
          cause: error,
        },
      )
    }
    throw codedError(
      'VOLUME_OPTION_INVALID',
      `error while mounting volume '${target}': failed to mount local volume: mount ${device}:${target}, data: ${options.join(',')}: ${reason(error)}`,
      { cause: error },
    )
  }
}

/** mount(8) resolves the server of an NFS share; mount(2) takes its address among the options. */
export function sourceOf({ type, device, options }: VolumeMount): string {
  const address = options.find((option) => option.startsWith('addr='))?.slice('addr='.length)
  return type.startsWith('nfs') && address !== undefined && device.startsWith(':') ? `${address}${device}` : device
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
