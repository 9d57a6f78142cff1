import { release } from 'node:os'
import { codedError, type MountSpec } from '@moby/contracts'
import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord } from './container-record.ts'

/**
 * Whether what is mounted below a read-only mount is made read-only with it: where the kernel (5.12) and the runtime
 * (`rro` in its features) can, unless the user wants it otherwise. Fails with HOST_LACKS where it must be and cannot.
 */
export async function readOnlyBelow(
  { runtimes }: Pick<ContainerContext, 'runtimes'>,
  { drivers: { runtime } }: Pick<ContainerRecord, 'drivers'>,
  spec: MountSpec,
  kernel = release(),
): Promise<boolean> {
  if (spec.readOnly !== true || spec.type === 'tmpfs' || spec.readOnlyBelow === 'never') return false
  if (!hasMountSetattr(kernel)) return refuseIfWanted(spec, `the kernel ${kernel} cannot do it (5.12 and newer can)`)
  // One that does not tell has none: an old one is no reason not to start.
  const { features } = await runtimes
    .get(runtime)
    .info({})
    .catch(() => ({ features: undefined }))
  const options = features?.['mountOptions']
  if (Array.isArray(options) && options.includes('rro')) return true
  return refuseIfWanted(spec, `the runtime ${runtime} cannot do it`)
}

/** mount_setattr(2) came with Linux 5.12. */
function hasMountSetattr(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map(Number.parseFloat)
  return major > 5 || (major === 5 && minor >= 12)
}

function refuseIfWanted(spec: MountSpec, reason: string): false {
  if (spec.readOnlyBelow !== 'always') return false
  throw codedError('HOST_LACKS', `The mount at ${spec.target} cannot be made read-only with all below it: ${reason}`, {
    hint: 'Ask for it without bind-recursive=readonly, or use a newer runtime.',
    details: { target: spec.target },
  })
}
