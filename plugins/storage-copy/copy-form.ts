import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SnapshotForm, SnapshotRecord, SnapshotStore } from '@moby/lib-snapshots'
import { copyFolder } from '@moby/lib-tar'

const nothingToClose = () => undefined

/** Every snapshot is a whole tree: a copy of its parent's, which shares contents where the file system can. */
export function makeCopyForm(store: SnapshotStore): SnapshotForm {
  const files = ({ key }: SnapshotRecord) => join(store.folder(key), 'fs')
  return {
    info: () => ({ name: 'vfs', status: [] }),
    fill: async (folder, parent, _kind, signal) => {
      const tree = join(folder, 'fs')
      mkdirSync(tree, { mode: 0o755 })
      if (parent !== undefined) await copyFolder(files(parent), tree, { signal })
    },
    mounts: (snapshot) => [
      { type: 'bind', source: files(snapshot), options: ['rbind', snapshot.kind === 'view' ? 'ro' : 'rw'] },
    ],
    openTarget: (snapshot) => ({ value: { root: files(snapshot) }, close: nothingToClose }),
    openComparison: (snapshot) => {
      const parent = snapshot.parent === undefined ? undefined : store.get(snapshot.parent)
      const base = parent === undefined ? {} : { base: files(parent) }
      return { value: { form: 'plain', root: files(snapshot), ...base }, close: nothingToClose }
    },
  }
}
