import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { defineComponent } from '@moby/contracts'
import { mountOf, mountsBelow, unmount } from '@moby/lib-linux'
import { makeLayersDriver, SnapshotStore } from '@moby/lib-snapshots'
import { checkOverlay } from './check-overlay.ts'
import { makeOverlayForm } from './overlay-form.ts'

export default defineComponent({
  create: async ({ folders, log }) => {
    sweepViews(folders.run)
    checkOverlay(folders.data)
    const store = SnapshotStore.open(folders.data, log)
    const form = makeOverlayForm(store, folders.run, dockerName(mountOf(folders.data).type))
    return {
      provides: { 'storage.layers': makeLayersDriver(store, form) },
      stop: () => store.settle(),
    }
  },
})

/** Takes away what a killed process had mounted to look at layers together. */
function sweepViews(runFolder: string): void {
  for (const point of mountsBelow(runFolder)) unmount(point, { detach: true, ifMounted: true })
  for (const name of readdirSync(runFolder)) {
    if (name.startsWith('view-')) rmSync(join(runFolder, name), { recursive: true, force: true })
  }
}

/** Docker calls the three ext file systems by one name. */
function dockerName(type: string): string {
  return /^ext[234]$/.test(type) ? 'extfs' : type
}
