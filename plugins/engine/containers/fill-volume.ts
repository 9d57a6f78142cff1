import {
  chmodAt,
  chownAt,
  getXattrAt,
  listNames,
  listXattrsAt,
  makeFolderAt,
  makeHardLinkAt,
  makeSymlinkAt,
  openAt,
  openFlags,
  readLinkAt,
  setTimesAt,
  setXattrAt,
  statAt,
  type FileStatus,
} from '@moby/lib-linux'
import { closeSync, openSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { copyWithHoles } from './copy-with-holes.ts'
import { openInRoot } from './in-root.ts'

/** The root of the volume, and where the first name of each file with several is below it. */
interface Copied {
  readonly root: number
  readonly firsts: Map<string, string>
}

const asFolder = openFlags.O_DIRECTORY | openFlags.O_RDONLY

/**
 * Copies what the image has at a path into a volume that is still empty, as a container sees it there: owners, modes,
 * times, extended attributes, hard links and holes are kept. A path that the image lacks, or that is no folder, fills nothing.
 * Sockets, FIFOs and devices are left out: without what stands behind them they mean nothing in a volume.
 */
export async function fillVolume(request: { rootfs: string; path: string; volume: string }): Promise<void> {
  // A single file of a volume has nothing to be filled.
  if (!statSync(request.volume).isDirectory()) return
  if ((await readdir(request.volume)).length > 0) return
  const source = openInRoot(request.rootfs, request.path, asFolder)
  if (source === undefined) return
  const target = openSync(request.volume, asFolder)
  try {
    const status = statAt(source, '')
    if (status === undefined) return
    await copyFolder(source, target, '', { root: target, firsts: new Map() })
    takeAttributes({ from: source, to: target, name: '.', status })
  } finally {
    closeSync(source)
    closeSync(target)
  }
}

async function copyFolder(from: number, to: number, path: string, copied: Copied): Promise<void> {
  for (const name of listNames(from)) {
    const status = statAt(from, name)
    if (status === undefined) continue
    const key = `${status.device}:${status.inode}`
    const first = status.links > 1 && status.type !== 'directory' ? copied.firsts.get(key) : undefined
    if (first !== undefined) {
      makeHardLinkAt(copied.root, first, to, name)
      continue
    }
    if (!(await copyOne(from, to, `${path}${name}`, status, copied))) continue
    if (status.links > 1) copied.firsts.set(key, `${path}${name}`)
    takeAttributes({ from, to, name, status })
  }
}

/** False for what is not copied. */
async function copyOne(from: number, to: number, path: string, status: FileStatus, copied: Copied): Promise<boolean> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  switch (status.type) {
    case 'directory': {
      makeFolderAt(to, name, 0o700)
      const source = openAt(from, name, asFolder)
      const target = openAt(to, name, asFolder)
      try {
        await copyFolder(source, target, `${path}/`, copied)
      } finally {
        closeSync(source)
        closeSync(target)
      }
      return true
    }
    case 'symlink':
      makeSymlinkAt(readLinkAt(from, name), to, name)
      return true
    case 'file':
      await copyWithHoles(inFolder(from, name), inFolder(to, name), status)
      return true
    default:
      return false
  }
}

/** Path of a name in an open folder; names are byte strings, which Node takes as bytes in a Buffer. */
function inFolder(folder: number, name: string): Buffer {
  return Buffer.from(`/proc/self/fd/${folder}/${name}`, 'latin1')
}

function takeAttributes(copy: { from: number; to: number; name: string; status: FileStatus }): void {
  const { from, to, name, status } = copy
  chownAt(to, name, status.uid, status.gid)
  for (const attribute of listXattrsAt(from, name)) {
    const value = attribute.startsWith('trusted.overlay.') ? undefined : getXattrAt(from, name, attribute)
    if (value !== undefined) setXattrAt(to, name, attribute, value)
  }
  if (status.type !== 'symlink') chmodAt(to, name, status.mode)
  setTimesAt(to, name, status.accessedAt, status.modifiedAt)
}
