import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import {
  fromByteString,
  getXattrAt,
  listNames,
  listXattrsAt,
  openAt,
  openFlags,
  readLinkAt,
  statAt,
  type FileStatus,
} from '@moby/lib-linux'

/** What a tree says of one path. */
export interface FileFacts {
  readonly type: FileStatus['type']
  /** With setuid, setgid and sticky bit. */
  readonly mode: number
  readonly owner: string
  /** Nanoseconds since 1970; undefined where the engine itself changes it. */
  readonly modifiedAt: bigint | undefined
  /** Size and digest of a file, target of a symbolic link, numbers of a device. */
  readonly content: string
  /** The first path, by its bytes, that is the same file. */
  readonly sameAs: string | undefined
  /** Extended attributes, values in hexadecimal. */
  readonly xattrs: ReadonlyMap<string, string>
}

/** By path; the root is ''. */
export type WholeTree = ReadonlyMap<string, FileFacts>

/** What engines put into the root of a container of their own accord. */
const engineFiles =
  /^\/(?:\.dockerenv|dev|proc|sys|etc\/(?:hosts|hostname|resolv\.conf|mtab)|run\/(?:\.containerenv|secrets))$/
const foldersThatTheyTouch = new Set(['', '/etc', '/run'])

/** Reads all of a tree but what the engine put there. Host paths are not followed out of it. */
export function readWholeTree(root: string): WholeTree {
  const tree = new Map<string, FileFacts>()
  const first = new Map<string, string>()
  const take = (folder: number, name: string, path: string): void => {
    const status = statAt(folder, name)
    if (status === undefined || engineFiles.test(path)) return
    const identity = `${status.device}:${status.inode}`
    const sameAs = status.type === 'directory' ? undefined : first.get(identity)
    if (sameAs === undefined) first.set(identity, path)
    tree.set(path, {
      type: status.type,
      mode: status.mode,
      owner: `${status.uid}:${status.gid}`,
      modifiedAt: foldersThatTheyTouch.has(path) ? undefined : status.modifiedAt,
      content: contentOf(folder, name, status),
      sameAs,
      xattrs: xattrsOf(folder, name),
    })
    if (status.type === 'directory') visit(folder, name, path)
  }
  const visit = (folder: number, name: string, path: string): void => {
    const inner = openAt(folder, name, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
    try {
      for (const each of listNames(inner)) take(inner, each, `${path}/${fromByteString(each)}`)
    } finally {
      closeSync(inner)
    }
  }
  const descriptor = openSync(root, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
  try {
    take(descriptor, '.', '')
  } finally {
    closeSync(descriptor)
  }
  return tree
}

/** The first few paths of which two trees say different things, and what; empty when they are equal. */
export function differences(expected: WholeTree, actual: WholeTree): string[] {
  const paths = [...new Set([...expected.keys(), ...actual.keys()])].toSorted()
  const lines = paths.flatMap((path) => {
    const [left, right] = [describe(expected.get(path)), describe(actual.get(path))]
    if (left === right) return []
    const shown = path === '' ? '/' : path.replaceAll(/(.)\1{30,}/g, (run) => `${run[0]}×${run.length}`)
    return [`${JSON.stringify(shown)}: ${right} where ${left} was expected`]
  })
  return lines.length > 12 ? [...lines.slice(0, 12), `and ${lines.length - 12} more`] : lines
}

function describe(facts: FileFacts | undefined): string {
  if (facts === undefined) return 'nothing'
  const { type, mode, owner, modifiedAt, content, sameAs, xattrs } = facts
  const attributes = [...xattrs].map(([name, value]) => `${name}=${value}`)
  const same = sameAs === undefined ? [] : [`same as ${sameAs}`]
  return [type, mode.toString(8), owner, String(modifiedAt ?? ''), content, ...attributes.toSorted(), ...same].join(' ')
}

function contentOf(folder: number, name: string, status: FileStatus): string {
  if (status.type === 'symlink') return `to ${fromByteString(readLinkAt(folder, name))}`
  if (status.type === 'character' || status.type === 'block') return `${status.major}:${status.minor}`
  return status.type === 'file' ? `${status.size} ${digestOf(folder, name)}` : ''
}

function digestOf(folder: number, name: string): string {
  const hash = createHash('sha256')
  const file = openAt(folder, name, openFlags.O_RDONLY)
  try {
    const buffer = Buffer.alloc(1 << 20)
    for (;;) {
      const length = readSync(file, buffer, 0, buffer.length, null)
      if (length === 0) return hash.digest('hex').slice(0, 16)
      hash.update(buffer.subarray(0, length))
    }
  } finally {
    closeSync(file)
  }
}

function xattrsOf(folder: number, name: string): Map<string, string> {
  const names = listXattrsAt(folder, name).filter(
    (attribute) => attribute !== 'security.selinux' && !attribute.startsWith('trusted.overlay.'),
  )
  return new Map(
    names.map((attribute) => [attribute, Buffer.from(getXattrAt(folder, name, attribute) ?? []).toString('hex')]),
  )
}
