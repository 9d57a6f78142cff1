import { codedError, implement, storageLayers, type Implementation, type Mount, type ResponseOf } from '@moby/contracts'
import {
  applyLayer,
  listChanges,
  measureFolder,
  writeLayer,
  type ApplyRequest,
  type TreeComparison,
} from '@moby/lib-tar'
import type { SnapshotRecord } from './snapshot-record.ts'
import type { SnapshotStore } from './snapshot-store.ts'

/** Something that is open while a tree is read, and must be closed. */
export interface Opened<T> {
  readonly value: T
  close(): void
}

/** What drivers of snapshots do differently. Folders are those of the store. */
export interface SnapshotForm {
  info(): ResponseOf<typeof storageLayers, 'info'>
  /** Fills the folder of a new snapshot that stands on `parent`. */
  fill(folder: string, parent: SnapshotRecord | undefined, kind: 'active' | 'view', signal?: AbortSignal): Promise<void>
  mounts(snapshot: SnapshotRecord): Mount[]
  openTarget(snapshot: SnapshotRecord): Opened<ApplyRequest>
  /**
   * Puts a snapshot without parent on the one given, before it is committed; without parent it stands on nothing.
   * Absent when the driver needs the parent from the beginning. Errors: SNAPSHOT_TOO_DEEP, NOT_SUPPORTED.
   */
  settle?(snapshot: SnapshotRecord, parent: SnapshotRecord | undefined, signal?: AbortSignal): Promise<void>
  openComparison(snapshot: SnapshotRecord): Opened<TreeComparison>
}

/** All of storage.layers over a store of snapshots and the form that a driver gives them. */
export function makeLayersDriver(store: SnapshotStore, form: SnapshotForm): Implementation<typeof storageLayers> {
  /** Bytes that were unpacked into active snapshots, so that a commit need not count them. */
  const applied = new Map<string, number>()

  const make = async (
    request: { key: string; parent?: string; labels?: Record<string, string> },
    kind: 'active' | 'view',
    signal?: AbortSignal,
  ) => {
    const { key, labels } = request
    const parent = request.parent === undefined ? undefined : committed(store, request.parent)
    const record: SnapshotRecord = {
      key,
      kind,
      ...(parent === undefined ? {} : { parent: parent.key }),
      ...(labels === undefined ? {} : { labels }),
      createdAt: new Date().toISOString(),
    }
    await store.make(record, (folder) => form.fill(folder, parent, kind, signal))
    return { mounts: form.mounts(record) }
  }

  const measure = async (record: SnapshotRecord, signal?: AbortSignal) => {
    const comparison = form.openComparison(record)
    try {
      return await measureFolder(comparison.value, { signal })
    } finally {
      comparison.close()
    }
  }

  return implement(storageLayers, {
    info: async () => ({ ...form.info(), ...(form.settle === undefined ? {} : { rebase: true }) }),
    prepare: (request, call) => make(request, 'active', call?.signal),
    view: (request, call) => make(request, 'view', call?.signal),
    mounts: async ({ key }) => {
      const record = store.get(key)
      if (record.kind === 'committed') throw notActive(record, 'mounted')
      return { mounts: form.mounts(record) }
    },
    apply: async ({ key, compression = 'none' }, input, call) => {
      const record = active(store, key, 'unpacked into')
      const target = form.openTarget(record)
      try {
        const done = await applyLayer({ ...target.value, compression }, input, { signal: call?.signal })
        applied.set(key, (applied.get(key) ?? 0) + done.size)
        const { digest, size } = done.input
        return { diffId: done.diffId, size: String(done.size), input: { digest, size: String(size) } }
      } finally {
        target.close()
      }
    },
    commit: async ({ key, name, parent }, call) => {
      const record = active(store, key, 'committed')
      if (store.find(name) !== undefined) {
        throw codedError('SNAPSHOT_EXISTS', `There is a snapshot ${name} already`, { details: { key: name } })
      }
      const below = parent ?? record.parent
      if (record.parent !== below) checkRebase(record, form.settle !== undefined)
      if (record.parent === undefined) {
        await form.settle?.(record, below === undefined ? undefined : committed(store, below), call?.signal)
      }
      const size = applied.get(key) ?? (await measure(record)).size
      // Both may have gone meanwhile.
      active(store, key, 'committed')
      if (below !== undefined) committed(store, below)
      store.replace(key, {
        ...record,
        key: name,
        kind: 'committed',
        ...(below === undefined ? {} : { parent: below }),
        createdAt: new Date().toISOString(),
        size,
      })
      applied.delete(key)
      return { size: String(size) }
    },
    diff: async function* ({ key, without }, call) {
      const comparison = form.openComparison(store.get(key))
      try {
        const paths = without?.map((path) => path.replace(/^\/+/, ''))
        yield* writeLayer({ ...comparison.value, without: paths }, { signal: call?.signal })
      } finally {
        comparison.close()
      }
    },
    changes: async function* ({ key }, call) {
      const comparison = form.openComparison(store.get(key))
      try {
        yield* listChanges(comparison.value, { signal: call?.signal })
      } finally {
        comparison.close()
      }
    },
    usage: async ({ key }, call) => {
      const record = store.get(key)
      const { size, inodes } = await measure(record, call?.signal)
      return { size: String(record.size ?? size), inodes: String(inodes) }
    },
    stat: async ({ key }) => describe(store.get(key)),
    list: async function* () {
      for (const record of store.values()) yield describe(record)
    },
    remove: async ({ key }) => {
      store.remove(key)
      applied.delete(key)
      return {}
    },
  })
}

function describe({ key, kind, parent, createdAt }: SnapshotRecord) {
  return { key, kind, ...(parent === undefined ? {} : { parent }), createdAt }
}

function active(store: SnapshotStore, key: string, verb: string): SnapshotRecord {
  const record = store.get(key)
  if (record.kind !== 'active') throw notActive(record, verb)
  return record
}

function committed(store: SnapshotStore, key: string): SnapshotRecord {
  const record = store.get(key)
  if (record.kind === 'committed') return record
  throw codedError('SNAPSHOT_NOT_FOUND', `The snapshot ${key} is not committed and cannot be a parent`)
}

function checkRebase({ key, parent }: SnapshotRecord, isAble: boolean): void {
  if (parent !== undefined) {
    throw codedError('NOT_SUPPORTED', `The snapshot ${key} stands on ${parent} and cannot be put on another`)
  }
  if (isAble) return
  throw codedError('NOT_SUPPORTED', `The snapshot ${key} was made without parent and cannot be put on one later`, {
    hint: 'Give the parent when the snapshot is prepared.',
    details: { key },
  })
}

function notActive({ key, kind }: SnapshotRecord, verb: string): Error {
  return codedError('SNAPSHOT_NOT_ACTIVE', `The snapshot ${key} is ${kind} and cannot be ${verb}`, {
    details: { key, kind },
  })
}
