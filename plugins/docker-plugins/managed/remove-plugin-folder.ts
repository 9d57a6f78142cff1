import { existsSync, realpathSync, statSync } from 'node:fs'
import { mountsBelow, unmount } from '@moby/lib-linux'
import { removeFolders } from '@moby/lib-tar'

/** Removes a folder of a plugin, with what the plugin has mounted below it and has not unmounted. */
export async function removePluginFolder(folder: string): Promise<void> {
  if (!existsSync(folder)) return
  unmountBelow(folder)
  await removeFolders([folder])
}

/** Unmounts what is mounted at or below a folder. Containers that use such a mount keep theirs. */
export function unmountBelow(folder: string): void {
  if (!existsSync(folder)) return
  for (const point of mountsBelow(realpathSync(folder))) unmount(point, { detach: true, ifMounted: true })
}

/** Unmounts what nobody serves any more: what a plugin served itself ended with it, and stands in its way now. */
export function unmountDead(folder: string): void {
  if (!existsSync(folder)) return
  for (const point of mountsBelow(realpathSync(folder))) {
    try {
      statSync(point)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOTCONN') unmount(point, { detach: true, ifMounted: true })
    }
  }
}
