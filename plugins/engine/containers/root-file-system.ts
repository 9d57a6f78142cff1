import { mountAll, unmount } from '@moby/lib-linux'
import { mkdirSync } from 'node:fs'
import type { ContainerContext } from './container-context.ts'
import { ContainerPaths } from './container-paths.ts'
import type { ContainerRecord } from './container-record.ts'

/** Mounts the writable tree of a container in the host's namespace and answers where. */
export async function mountRoot(context: ContainerContext, record: ContainerRecord): Promise<string> {
  const { rootfs } = new ContainerPaths(context.folders, record.id)
  const { mounts } = await context.storage.get(record.drivers.storage).mounts({ key: record.id })
  mkdirSync(rootfs, { recursive: true, mode: 0o711 })
  mountAll(mounts, rootfs)
  return rootfs
}

/** Takes the tree away; detached, since a leftover process may still stand in it. */
export function unmountRoot(context: Pick<ContainerContext, 'folders'>, id: string): void {
  unmount(new ContainerPaths(context.folders, id).rootfs, { detach: true, ifMounted: true })
}
