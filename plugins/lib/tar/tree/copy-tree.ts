import { closeSync } from 'node:fs'
import {
  listNames,
  makeFolderAt,
  makeHardLinkAt,
  makeNodeAt,
  makeSymlinkAt,
  openAt,
  openFlags,
  readLinkAt,
  setTimesAt,
  statAt,
  type FileStatus,
} from '@moby/lib-linux/files'
import { codedError } from '@moby/contracts/errors'
import { joinPath } from '../apply/entry-path.ts'
import { readXattrs, writeAttributes } from './attributes.ts'
import { copyContent } from './copy-content.ts'

const folderFlags = openFlags.O_RDONLY | openFlags.O_DIRECTORY

/**
 * Copies everything in one folder into another, empty one, and the attributes of the folder itself: owners, modes,
 * times, extended attributes, hard links, nodes, holes; sockets are left out. Contents are shared where the file
 * system can (reflinks). Nobody else may be writing in either. `isStopped` is asked before each file.
 */
export function copyTree(from: number, to: number, isStopped: () => boolean = () => false): void {
  const status = statAt(from, '')
  copyFolder(from, to, '', { root: to, firstNames: new Map(), isStopped })
  if (status !== undefined) copyAttributes(from, '.', to, '.', status)
}

interface Run {
  readonly root: number
  /** The copy of each file that has several names, by the inode of the original. */
  readonly firstNames: Map<bigint, string>
  readonly isStopped: () => boolean
}

function copyFolder(from: number, to: number, path: string, run: Run): void {
  for (const name of listNames(from)) {
    if (run.isStopped()) throw codedError('CANCELLED', 'The copy was cancelled')
    const status = statAt(from, name)
    if (status === undefined || status.type === 'socket') continue
    const inner = joinPath(path, name)
    const hasMoreNames = status.links > 1 && status.type !== 'directory'
    const first = hasMoreNames ? run.firstNames.get(status.inode) : undefined
    if (first !== undefined) {
      makeHardLinkAt(run.root, first, to, name)
      continue
    }
    copyOne(from, to, name, inner, status, run)
    copyAttributes(from, name, to, name, status)
    if (hasMoreNames) run.firstNames.set(status.inode, inner)
  }
}

function copyOne(from: number, to: number, name: string, path: string, status: FileStatus, run: Run): void {
  switch (status.type) {
    case 'directory': {
      makeFolderAt(to, name, 0o700)
      const source = openAt(from, name, folderFlags)
      const target = openAt(to, name, folderFlags)
      try {
        copyFolder(source, target, path, run)
      } finally {
        closeSync(source)
        closeSync(target)
      }
      return
    }
    case 'file':
      copyContent(from, to, name, status)
      return
    case 'symlink':
      makeSymlinkAt(readLinkAt(from, name), to, name)
      return
    case 'character':
    case 'block':
    case 'fifo':
      makeNodeAt(to, name, { type: status.type, mode: 0o600, major: status.major, minor: status.minor })
      return
    case 'socket':
  }
}

function copyAttributes(from: number, name: string, to: number, toName: string, status: FileStatus): void {
  const xattrs = readXattrs(from, name)
  writeAttributes(to, toName, { ...status, xattrs }, status.type === 'symlink')
  setTimesAt(to, toName, status.accessedAt, status.modifiedAt)
}
