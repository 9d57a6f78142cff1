import { closeSync, mkdirSync, openSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { codedError, type Mount } from '@moby/contracts'
import { mountAll, openFlags, unmount } from '@moby/lib-linux'
import { settleLayer } from '@moby/lib-tar'
import type { Opened, SnapshotForm, SnapshotRecord, SnapshotStore } from '@moby/lib-snapshots'
import { copyRootAttributes } from './root-attributes.ts'

/** What the kernel stacks at most (OVL_MAX_STACK). */
const mostLayers = 500

/** Every snapshot is the upper folder of an overlay over its ancestors; only what it changes is stored. */
export function makeOverlayForm(store: SnapshotStore, runFolder: string, backing: string): SnapshotForm {
  const files = ({ key }: SnapshotRecord) => join(store.folder(key), 'fs')
  const looseEndsOf = ({ key }: SnapshotRecord) => join(store.folder(key), 'loose-ends.json')
  const lowersOf = (snapshot: SnapshotRecord) => store.ancestors(snapshot.key).map(files)
  const switches = switchesToTurnOff()
  let views = 0

  const mounts = (snapshot: SnapshotRecord): Mount[] => {
    const lowers = lowersOf(snapshot)
    const [only] = lowers
    if (only === undefined) return [bind(files(snapshot), 'rw')]
    if (snapshot.kind === 'view') return [lowers.length === 1 ? bind(only, 'ro') : overlay(lowers, ['ro'])]
    const folder = store.folder(snapshot.key)
    return [
      overlay(lowers, [`upperdir=${join(folder, 'fs')}`, `workdir=${join(folder, 'work')}`, 'index=off', ...switches]),
    ]
  }

  /** A folder that shows all ancestors together; it is mounted nowhere by the time that it is used. */
  const openBase = (lowers: readonly string[]): Opened<string | undefined> => {
    const [only] = lowers
    if (only === undefined || lowers.length === 1) return { value: only, close: () => undefined }
    views += 1
    const point = join(runFolder, `view-${views}`)
    mkdirSync(point, { mode: 0o700 })
    try {
      mountAll([overlay(lowers, ['ro'])], point)
      try {
        const descriptor = openSync(point, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
        return { value: `/proc/self/fd/${descriptor}`, close: () => closeSync(descriptor) }
      } finally {
        unmount(point, { detach: true })
      }
    } finally {
      rmdirSync(point)
    }
  }

  return {
    info: () => ({
      name: 'overlay2',
      mostLayers,
      status: [
        ['Backing Filesystem', backing],
        ['Supports d_type', 'true'],
        ['Using metacopy', 'false'],
        ['Native Overlay Diff', 'true'],
        ['userxattr', 'false'],
      ],
    }),
    fill: async (folder, parent, kind) => {
      if (parent !== undefined) checkDepth(store.ancestors(parent.key).length + 1)
      mkdirSync(join(folder, 'fs'), { mode: 0o755 })
      if (kind === 'view') return
      mkdirSync(join(folder, 'work'), { mode: 0o711 })
      if (parent !== undefined) copyRootAttributes(files(parent), join(folder, 'fs'))
    },
    mounts,
    openTarget: (snapshot) => {
      if (snapshot.parent === undefined) {
        return { value: { root: files(snapshot), looseEnds: looseEndsOf(snapshot) }, close: () => undefined }
      }
      const base = openBase(lowersOf(snapshot))
      return { value: { root: files(snapshot), base: base.value }, close: () => base.close() }
    },
    settle: async (snapshot, parent, signal) => {
      // What stands on it has it and its parent below as well.
      if (parent !== undefined) checkDepth(store.ancestors(parent.key).length + 2)
      const base = openBase(parent === undefined ? [] : [files(parent), ...lowersOf(parent)])
      const request = { root: files(snapshot), base: base.value, looseEnds: looseEndsOf(snapshot) }
      await settleLayer(request, { signal }).finally(() => base.close())
    },
    openComparison: (snapshot) => {
      const base = openBase(lowersOf(snapshot))
      return { value: { form: 'overlay', root: files(snapshot), base: base.value }, close: () => base.close() }
    },
  }
}

function checkDepth(layers: number): void {
  if (layers <= mostLayers) return
  throw codedError('SNAPSHOT_TOO_DEEP', `The snapshot would stand on more than ${mostLayers} layers`, {
    hint: 'Make the image with fewer layers.',
  })
}

function bind(source: string, access: 'ro' | 'rw'): Mount {
  return { type: 'bind', source, options: ['rbind', access] }
}

function overlay(lowers: readonly string[], options: readonly string[]): Mount {
  return { type: 'overlay', source: 'overlay', options: [`lowerdir=${lowers.join(':')}`, ...options] }
}

/** Features that would keep changes in a form that layers cannot say; some kernels turn them on by themselves. */
function switchesToTurnOff(): string[] {
  return ['redirect_dir', 'metacopy'].flatMap((name) => {
    try {
      return readFileSync(`/sys/module/overlay/parameters/${name}`, 'utf8').startsWith('Y') ? [`${name}=off`] : []
    } catch {
      return []
    }
  })
}
