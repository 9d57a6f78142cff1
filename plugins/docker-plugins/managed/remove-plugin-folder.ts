import { existsSync, realpathSync } from 'node:fs'
import { mountsBelow, unmount } from '@moby/lib-linux'
import { removeFolders } from '@moby/lib-tar'

/** Removes a folder of a plugin, with what the plugin has mounted below it and has not unmounted. */
export async function removePluginFolder(folder: string): Promise<void> {
  if (!existsSync(folder)) return
  // Containers that use such a mount keep theirs.
  for (const point of mountsBelow(realpathSync(folder))) unmount(point, { detach: true, ifMounted: true })
  await removeFolders([folder])
}
