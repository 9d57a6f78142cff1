import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { getXattrAt, listNames, listXattrsAt, openAt, openFlags, readLinkAt, statAt } from '@moby/lib-linux/files'

/**
 * Everything that a tree says, a line a path: type, mode, owner, nanoseconds, device, content, target, extended
 * attributes, and which other path is the same file. The root is the first line. Equal lines, equal trees.
 */
export function listWholeTree(root: string): string[] {
  const lines: string[] = []
  const first = new Map<string, string>()
  const describe = (folder: number, name: string, path: string): void => {
    const status = statAt(folder, name)
    if (status === undefined) return
    const parts = [path, status.type, status.mode.toString(8), `${status.uid}:${status.gid}`, status.modifiedAt]
    const identity = `${status.device}:${status.inode}`
    const same = status.type === 'directory' ? undefined : first.get(identity)
    if (same !== undefined) parts.push(`same as ${same}`)
    else first.set(identity, path)
    if (status.type === 'file') parts.push(hashOf(folder, name))
    if (status.type === 'symlink') parts.push(`to ${readLinkAt(folder, name)}`)
    if (status.type === 'character' || status.type === 'block') parts.push(`${status.major}:${status.minor}`)
    for (const attribute of listXattrsAt(folder, name)) {
      parts.push(`${attribute}=${Buffer.from(getXattrAt(folder, name, attribute) ?? []).toString('hex')}`)
    }
    lines.push(parts.join(' '))
  }
  const visit = (folder: number, path: string): void => {
    for (const name of listNames(folder)) {
      describe(folder, name, `${path}/${name}`)
      if (statAt(folder, name)?.type !== 'directory') continue
      const inner = openAt(folder, name, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
      visit(inner, `${path}/${name}`)
      closeSync(inner)
    }
  }
  const descriptor = openSync(root, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
  try {
    describe(descriptor, '.', '')
    visit(descriptor, '')
  } finally {
    closeSync(descriptor)
  }
  return lines
}

function hashOf(folder: number, name: string): string {
  const file = openAt(folder, name, openFlags.O_RDONLY)
  try {
    const content = readFileSync(file)
    return `${content.length} ${createHash('sha256').update(content).digest('hex').slice(0, 16)}`
  } finally {
    closeSync(file)
  }
}
