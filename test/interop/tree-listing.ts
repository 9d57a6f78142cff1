import { createHash } from 'node:crypto'
import { closeSync, constants, lstatSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { getXattrAt, listXattrsAt } from '@moby/lib-linux'

/** What is told of each path of a tree: equal lines, equal trees. */
export type TreeListing = readonly string[]

/**
 * One line a path: type, mode, owner, time of change in whole seconds, content or target, which other path is the same
 * file, and the extended attributes that every tool carries.
 */
export function listTree(root: string): TreeListing {
  const lines: string[] = []
  const first = new Map<string, string>()
  const visit = (folder: string, below: string): void => {
    const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
    try {
      for (const name of readdirSync(folder).toSorted()) {
        const path = join(folder, name)
        const shown = join(below, name)
        lines.push(describe(path, shown, first) + attributes(descriptor, name))
        if (lstatSync(path).isDirectory()) visit(path, shown)
      }
    } finally {
      closeSync(descriptor)
    }
  }
  visit(root, '/')
  return lines
}

/** The first few lines in which two listings differ; empty when they are equal. */
export function differingLines(expected: TreeListing, actual: TreeListing): string[] {
  const missing = expected.filter((line) => !actual.includes(line)).map((line) => `- ${line}`)
  const added = actual.filter((line) => !expected.includes(line)).map((line) => `+ ${line}`)
  return [...missing, ...added].slice(0, 12)
}

function describe(path: string, shown: string, first: Map<string, string>): string {
  const status = lstatSync(path)
  const mode = (status.mode & 0o7777).toString(8)
  const head = `${shown} ${mode} ${status.uid}:${status.gid} ${Math.floor(status.mtimeMs / 1000)}`
  if (status.isDirectory()) return `${head} folder`
  const inode = `${status.dev}:${status.ino}`
  const same = first.get(inode)
  if (same !== undefined) return `${head} same as ${same}`
  if (status.nlink > 1) first.set(inode, shown)
  if (status.isSymbolicLink()) return `${head} to ${readlinkSync(path)}`
  if (status.isFIFO()) return `${head} fifo`
  if (status.isCharacterDevice()) return `${head} character device ${status.rdev}`
  if (status.isBlockDevice()) return `${head} block device ${status.rdev}`
  const content = readFileSync(path)
  return `${head} file ${content.length} ${createHash('sha256').update(content).digest('hex').slice(0, 16)}`
}

/** Of the attributes only capabilities: dockerd exports no others. */
function attributes(folder: number, name: string): string {
  const bytes = Buffer.from(name).toString('latin1')
  return listXattrsAt(folder, bytes)
    .filter((attribute) => attribute === 'security.capability')
    .map((attribute) => ` ${attribute}=${Buffer.from(getXattrAt(folder, bytes, attribute) ?? []).toString('hex')}`)
    .join('')
}
