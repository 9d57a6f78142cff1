import { errnoOf, makePoint, readOnlyMounts, toByteString, type MountView, type ViewMount } from '@moby/lib-linux'
import { openView } from '@moby/lib-tar'
import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import { mountedFiles, writeBaseFiles } from '../base-files.ts'
import { requireRoot } from '../commit.ts'
import type { ContainerContext } from '../container-context.ts'
import { ContainerPaths } from '../container-paths.ts'
import { isRunning, type ContainerRecord } from '../container-record.ts'
import { mountRoot, unmountRoot } from '../root-file-system.ts'
import { removeRunFolder } from '../run-folder.ts'
import { releaseMounts, settledMounts, settleMounts } from '../settle-mounts.ts'
import type { SettledMount } from '../../spec/mounts.ts'

/** The files of a container with its volumes and binds, for whoever copies them. To be closed. */
export interface OpenCopy {
  readonly record: ContainerRecord
  readonly view: MountView
  /** Aborted, with an error for whoever copies, when the container is removed. */
  readonly signal: AbortSignal
  close(): Promise<void>
}

/**
 * Opens the files of a container as they are mounted in it, running or not: not what only its own processes see, as
 * /proc and tmpfs. While somebody writes to one that does not run, it is not started and nobody else writes: two
 * mounts of one tree must not both be written to. Errors: CONTAINER_NOT_FOUND, CONTAINER_STATE, DRIVER_AWAY.
 */
export async function openCopy(context: ContainerContext, ref: string, access: 'read' | 'write'): Promise<OpenCopy> {
  const { id } = context.store.find(ref)
  for (;;) {
    const outcome = await context.locks.run(id, () => openLocked(context, id, access))
    if ('copy' in outcome) return outcome.copy
    await outcome.busy
  }
}

/** The caller holds the lock; `busy` is to be waited for without it. */
async function openLocked(
  context: ContainerContext,
  id: string,
  access: 'read' | 'write',
): Promise<{ readonly copy: OpenCopy } | { readonly busy: Promise<unknown> }> {
  const record = context.store.current(id)
  requireRoot(record, 'copy files of')
  const { copies } = context.lives.of(id)
  const runs = isRunning(record)
  const isNew = record.startedAt === undefined
  const needsMounts = !runs && copies.users === 0 && (record.mounts.length > 0 || isNew)
  const busy = runs || (access === 'read' && !needsMounts) ? undefined : copies.writersDone()
  if (busy !== undefined) return { busy }
  const entry = copies.enter(access)
  if (!runs) copies.users += 1
  const letGo = async () => {
    if (runs) return
    copies.users -= 1
    if (copies.users === 0) await releaseVolumes(context, record)
  }
  try {
    const mounts = runs || !needsMounts ? await settledMounts(context, record) : await prepareMounts(context, record)
    const view = await openView({
      root: await rootMounts(context, record, runs ? 'running' : access),
      at: context.folders.run,
      mounts: withOwnFiles(context, record, mounts).toSorted((a, b) => depth(a) - depth(b)),
    })
    const close = async () => {
      closeSync(view.root)
      closeSync(view.namespace)
      entry.leave()
      await context.locks.run(id, letGo)
    }
    return { copy: { record, view, signal: entry.signal, close } }
  } catch (error) {
    entry.leave()
    await letGo()
    throw error
  }
}

/** A container that runs has its tree mounted. Of another it is mounted here, where nobody else sees it. */
async function rootMounts(context: ContainerContext, record: ContainerRecord, as: 'running' | 'read' | 'write') {
  if (as === 'running') {
    const { rootfs } = new ContainerPaths(context.folders, record.id)
    return [{ type: 'bind', source: rootfs, options: ['bind'] }]
  }
  const { mounts } = await context.storage.get(record.drivers.storage).mounts({ key: record.id })
  return as === 'write' ? mounts : readOnlyMounts(mounts)
}

/**
 * Mounts what a container that does not run would mount, as its start does: new volumes are filled from the image.
 * Mount points are made, as the tree may be opened for reading alone. One that never started has the files that the engine
 * makes and mounts into it, empty, as in dockerd. What a kill leaves is told by the record.
 */
async function prepareMounts(context: ContainerContext, record: ContainerRecord): Promise<SettledMount[]> {
  await context.store.update(record.id, { copying: true }, 'process')
  try {
    const rootfs = await mountRoot(context, record)
    if (record.startedAt === undefined) writeBaseFiles(rootfs)
    const settled = await settleMounts(context, record, rootfs)
    const root = openSync(rootfs, 'r')
    try {
      if (record.startedAt === undefined) makeOwnPoints(root)
      for (const mount of settled) {
        if (mount.source !== '') makePoint(root, toByteString(mount.target), statSync(mount.source).isDirectory())
      }
    } finally {
      closeSync(root)
    }
    return settled
  } finally {
    unmountRoot(context, record.id)
    await removeRunFolder(context, record.id)
  }
}

/** An image in which there is no place for one of them is left as it is. */
function makeOwnPoints(root: number): void {
  for (const path of mountedFiles) {
    try {
      makePoint(root, path, false)
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) throw error
    }
  }
}

/** The last who used the volumes of a container that does not run lets go of them. The caller holds the lock. */
export async function releaseVolumes(context: ContainerContext, { id }: Pick<ContainerRecord, 'id'>): Promise<void> {
  const record = context.store.get(id)
  if (record?.copying !== true) return
  // Started meanwhile: they are its own.
  if (!isRunning(record)) await releaseMounts(context, record)
  await context.store.update(id, { copying: undefined }, 'process')
}

/** Files that the engine mounts into a container, once they are there, where the user has mounted nothing. */
function withOwnFiles(
  context: ContainerContext,
  record: ContainerRecord,
  settled: readonly SettledMount[],
): readonly ViewMount[] {
  const paths = new ContainerPaths(context.folders, record.id)
  const own = [
    { target: '/etc/resolv.conf', source: paths.resolvConf },
    { target: '/etc/hosts', source: paths.hosts },
    { target: '/etc/hostname', source: paths.hostname },
  ]
  const isTaken = (target: string) => settled.some((mount) => mount.target === target)
  return [
    ...settled
      .filter(({ source }) => source !== '')
      .map(({ spec, target, source }) => ({
        source,
        target,
        readOnly: spec.readOnly === true,
        recursive: spec.nonRecursive !== true,
      })),
    ...own
      .filter(({ target, source }) => !isTaken(target) && existsSync(source))
      .map((file) => ({ ...file, readOnly: record.spec.readOnlyRoot === true, recursive: false })),
  ]
}

function depth({ target }: ViewMount): number {
  return target.split('/').length
}
