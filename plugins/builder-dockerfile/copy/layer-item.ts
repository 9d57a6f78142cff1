import { emptyFile, type EntryType, type TarEntry } from '@moby/lib-tar'
import type { SourceNode, SourceTree } from '../context/source-tree.ts'

/** Where the content of a file stands: in a file of contents, or in memory. */
export type Content = { readonly file: string; readonly offset: number } | { readonly bytes: Uint8Array }

/** One entry of a layer that is going to be made. */
export interface LayerItem {
  readonly entry: TarEntry
  readonly content?: Content | undefined
  /** What stands for the content: its digest. */
  readonly digest: string
}

export interface Attributes {
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined
  readonly mode?: number | undefined
}

/** A file of a source at a place in the layer. `path` is a byte string without a slash in front. */
export function itemOf(tree: SourceTree, node: SourceNode, path: string, attributes: Attributes): LayerItem {
  const { entry } = node
  const isFile = entry.type === 'file'
  const mode = entry.type === 'symlink' ? entry.mode : (attributes.mode ?? entry.mode)
  return {
    entry: { ...entry, name: written(path, entry.type), ...attributes.owner, mode },
    digest: node.digest,
    ...(isFile && entry.size > 0 ? { content: { file: tree.contents, offset: node.offset } } : {}),
  }
}

/** A further name of a file that is in the layer already. */
export function hardLinkItem(path: string, { entry, digest }: LayerItem): LayerItem {
  const link = { name: path, type: 'hard-link', linkName: entry.name, size: 0, xattrs: new Map() } as const
  return { entry: { ...entry, ...link }, digest }
}

/** A folder that is made on the way. */
export function folderItem(path: string, modifiedAt: bigint, attributes: Attributes = {}): LayerItem {
  return madeItem(path, 'directory', { modifiedAt, mode: 0o755, ...attributes.owner }, undefined)
}

/** A file whose content is in memory. */
export function fileItem(
  path: string,
  bytes: Uint8Array,
  digest: string,
  more: { readonly mode: number; readonly uid?: number; readonly gid?: number; readonly modifiedAt: bigint },
): LayerItem {
  return { ...madeItem(path, 'file', { ...more, size: bytes.length }, { bytes }), digest }
}

function madeItem(path: string, type: EntryType, more: Partial<TarEntry>, content: Content | undefined): LayerItem {
  const entry: TarEntry = {
    ...emptyFile,
    name: written(path, type),
    type,
    ...more,
  }
  return { entry, digest: '', content }
}

function written(path: string, type: EntryType): string {
  return type === 'directory' && path !== '' ? `${path}/` : path || './'
}
