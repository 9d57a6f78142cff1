import { mountsBelow, unmount } from '@moby/lib-linux'
import { rm } from 'node:fs/promises'
import type { ContainerContext } from './container-context.ts'
import { ContainerPaths } from './container-paths.ts'

/** Removes bundle and mount points of a container. Refuses while anything is mounted below, so that no tree is emptied. */
export async function removeRunFolder(context: Pick<ContainerContext, 'folders'>, id: string): Promise<void> {
  const { run } = new ContainerPaths(context.folders, id)
  for (const point of mountsBelow(run)) unmount(point, { detach: true, ifMounted: true })
  await rm(run, { recursive: true, force: true })
}
