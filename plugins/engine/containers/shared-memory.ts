import { mount, unmount } from '@moby/lib-linux'
import { codedError } from '@moby/contracts'
import { mkdirSync } from 'node:fs'
import type { ContainerContext } from './container-context.ts'
import { ContainerPaths } from './container-paths.ts'
import type { ContainerRecord } from './container-record.ts'

/** nosuid, nodev, noexec (mount(2)). */
const flags = 2 | 4 | 8

/**
 * Host folder for /dev/shm of a container that lends its IPC namespace (`shareable`), borrows one or uses the host's.
 * A private one needs none: the runtime mounts it inside.
 */
export function prepareSharedMemory(context: ContainerContext, record: ContainerRecord): string | undefined {
  const mode = record.spec.ipcMode ?? 'private'
  if (mode === 'host') return '/dev/shm'
  const ref = /^container:(.+)$/s.exec(mode)?.[1]
  if (ref !== undefined) {
    const other = context.store.find(ref)
    if (other.spec.ipcMode !== 'shareable') {
      const why = 'non-shareable IPC (hint: use IpcMode:shareable for the donor container)'
      throw codedError('CONTAINER_SPEC_INVALID', `failed to join IPC namespace: container ${other.id}: ${why}`, {
        hint: 'Create that container with --ipc shareable.',
      })
    }
    return new ContainerPaths(context.folders, other.id).shm
  }
  if (mode !== 'shareable') return undefined
  const { shm } = new ContainerPaths(context.folders, record.id)
  mkdirSync(shm, { recursive: true, mode: 0o700 })
  const size = record.spec.shmSizeBytes || context.config.shmSizeBytes
  mount({ source: 'shm', target: shm, type: 'tmpfs', flags, data: `mode=1777,size=${size}` })
  return shm
}

export function releaseSharedMemory(context: Pick<ContainerContext, 'folders'>, id: string): void {
  unmount(new ContainerPaths(context.folders, id).shm, { detach: true, ifMounted: true })
}
