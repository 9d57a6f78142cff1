import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import type { Mount } from '@moby/contracts'
import { declareFunction } from './binding.ts'
import { makeFolderAt } from './files-make.ts'
import { toByteString } from './files-name.ts'
import { openFlags, openWithin } from './files-open.ts'
import { statAt } from './files-status.ts'
import { mount, mountAll, setMountAttributes } from './mount.ts'
import { mountFlags } from './mount-flags.ts'
import { checked, errnoOf } from './syscall.ts'

const unshare = declareFunction<(flags: number) => number>('int unshare(int flags)')
const setns = declareFunction<(descriptor: number, type: number) => number>('int setns(int descriptor, int type)')
const fchdir = declareFunction<(descriptor: number) => number>('int fchdir(int descriptor)')
const chroot = declareFunction<(path: string) => number>('int chroot(const char *path)')

const newMounts = 0x2_0000
const ownNamespace = '/proc/thread-self/ns/mnt'
const asPath = openFlags.O_PATH | openFlags.O_CLOEXEC
const asFolder = openFlags.O_RDONLY | openFlags.O_DIRECTORY | openFlags.O_CLOEXEC

/** Something of the host that is seen at a path of a view. */
export interface ViewMount {
  /** Absolute path on the host: a folder or a file. */
  readonly source: string
  /** Absolute path in the view; symbolic links on the way lead no further than its root. What is missing is made. */
  readonly target: string
  readonly readOnly: boolean
  /** With what is mounted below the source. */
  readonly recursive: boolean
}

export interface ViewRequest {
  /** The tree itself, as `mountAll` takes it. */
  readonly root: readonly Mount[]
  /** A folder that exists. Nothing of it is changed: the tree stands on it where nobody else sees it. */
  readonly at: string
  readonly mounts: readonly ViewMount[]
}

/** A tree with its mounts that only its holder sees. Whoever closes both descriptors, or ends, undoes all of it. */
export interface MountView {
  readonly root: number
  /** Keeps the mounts together. */
  readonly namespace: number
  /** Id of the mount of the tree itself, as /proc/self/fdinfo tells it. */
  readonly rootId: number
  /** The mounts in it by id. */
  readonly mounts: readonly { readonly id: number; readonly readOnly: boolean }[]
}

/**
 * Mounts a tree, and more in it, in a mount namespace of its own and answers descriptors of it: nothing appears on the
 * host, and no kill leaves anything. The thread is inside for the call alone, which nothing asynchronous may share: to
 * be called in a worker thread, as the thread's umask and working folder are its own afterwards.
 */
export function openMountView(request: ViewRequest): MountView {
  return inNewMounts((open) => {
    const sources = request.mounts.map((each) => open(openSync(each.source, asPath)))
    mountAll(request.root, request.at)
    const root = openSync(request.at, asFolder)
    try {
      const mounts = request.mounts.map((each, at) => place(root, each, sources[at] ?? -1, open))
      // Nothing in there is ever run, and no device of it opened: a name may be one by the time it is.
      setMountAttributes(`/proc/self/fd/${root}`, mountFlags.nosuid | mountFlags.nodev | mountFlags.noexec, true)
      return { root, namespace: openSync(ownNamespace, 'r'), rootId: mountIdOf(root), mounts }
    } catch (error) {
      closeSync(root)
      throw error
    }
  })
}

/** Id of the mount that a descriptor is on, as in /proc/self/mountinfo (proc(5)). */
export function mountIdOf(descriptor: number): number {
  return Number(/^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1])
}

function place(
  root: number,
  { target, readOnly, recursive }: ViewMount,
  source: number,
  open: (descriptor: number) => number,
): MountView['mounts'][number] {
  const path = toByteString(target)
  const isFolder = statAt(source, '')?.type === 'directory'
  const find = () => open(openWithin(root, path, asPath, 'in-root'))
  let point: number
  try {
    point = find()
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    makePoint(root, path, isFolder)
    point = find()
  }
  const flags = mountFlags.bind | (recursive ? mountFlags.rec : 0)
  mount({ source: `/proc/self/fd/${source}`, target: `/proc/self/fd/${point}`, flags })
  // The first descriptor still shows what lies below the mount.
  const mounted = find()
  if (readOnly) setMountAttributes(`/proc/self/fd/${mounted}`, mountFlags.rdonly, recursive)
  return { id: mountIdOf(mounted), readOnly }
}

/** Makes a mount point, unless it is there: its folders, and an empty file where a file is mounted. */
export function makePoint(root: number, path: string, isFolder: boolean): void {
  const names = path.split('/').filter((name) => name !== '')
  const last = isFolder ? '' : (names.pop() ?? '')
  let folder = openWithin(root, '.', asFolder, 'in-root')
  try {
    for (let count = 1; count <= names.length; count += 1) {
      // From the root each time: a symbolic link on the way starts there.
      const next = openFolder(root, folder, names.slice(0, count).join('/'), names[count - 1] ?? '')
      closeSync(folder)
      folder = next
    }
    if (last !== '') makeFile(folder, last)
  } finally {
    closeSync(folder)
  }
}

/** A link of that name is not followed. */
function makeFile(folder: number, name: string): void {
  try {
    writeFileSync(Buffer.from(`/proc/self/fd/${folder}/${name}`, 'latin1'), '', { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function openFolder(root: number, parent: number, path: string, name: string): number {
  try {
    makeFolderAt(parent, name, 0o755)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
  return openWithin(root, path, asFolder, 'in-root')
}

/**
 * Runs a synchronous function in a new copy of the mounts that passes nothing on to others, and returns the thread to
 * where it was. Descriptors given to `open` are closed at the end.
 */
function inNewMounts<T>(work: (open: (descriptor: number) => number) => T): T {
  const opened: number[] = []
  const open = (descriptor: number) => {
    opened.push(descriptor)
    return descriptor
  }
  try {
    const home = open(openSync(ownNamespace, 'r'))
    const homeRoot = open(openSync('/', asPath | openFlags.O_DIRECTORY))
    const homeFolder = open(openSync('.', asPath | openFlags.O_DIRECTORY))
    checked(unshare(newMounts), 'unshare', 'the mounts')
    try {
      leaveOthersAlone(open)
      return work(open)
    } finally {
      checked(setns(home, newMounts), 'setns', 'the own mounts')
      standIn(homeRoot)
      checked(fchdir(homeFolder), 'fchdir', 'the working folder')
    }
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
}

/**
 * What is unmounted outside is unmounted here too, and nothing goes the other way. That can be said of the root of all
 * mounts alone, which is not the root of this process when somebody changed that; entering the namespace leads there.
 */
function leaveOthersAlone(open: (descriptor: number) => number): void {
  const root = open(openSync('/', asPath | openFlags.O_DIRECTORY))
  checked(setns(open(openSync(ownNamespace, 'r')), newMounts), 'setns', 'the new mounts')
  mount({ source: 'none', target: '/', flags: mountFlags.slave | mountFlags.rec })
  standIn(root)
}

function standIn(root: number): void {
  checked(fchdir(root), 'fchdir', 'the root')
  checked(chroot('.'), 'chroot', 'the root')
}
