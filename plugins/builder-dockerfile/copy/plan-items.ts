import { PatternMatcher } from '../ignore/pattern-matcher.ts'
import { parentOf, toText } from '../context/names.ts'
import type { SourceNode, SourceTree } from '../context/source-tree.ts'
import { hardLinkItem, itemOf, type Attributes, type LayerItem } from './layer-item.ts'
import type { Selected } from './selection.ts'

/** Where copies go. Byte strings without a slash in front. */
export interface Destination {
  /** Resolved in the image. */
  readonly path: string
  readonly isFolder: boolean
  /** False when it has to be made. */
  readonly exists: boolean
}

export interface CopyOptions extends Attributes {
  readonly exclude: readonly string[]
  readonly parents: boolean
}

/**
 * The entries of a layer that a copy makes, without folders on the way to the destination: the content of a folder goes
 * into the destination, a file goes there or, where it is a folder, into it under its name.
 */
export function planItems(selected: readonly Selected[], destination: Destination, options: CopyOptions): LayerItem[] {
  const excluded = new PatternMatcher(options.exclude)
  const keep = (path: string) => excluded.isEmpty || !excluded.matches(toText(path))
  return selected.flatMap((each) => {
    const node = each.tree.get(each.path)
    if (node === undefined) return []
    if (options.parents) return withParents(each, destination, options, keep)
    if (node.entry.type !== 'directory') {
      if (!keep(each.name)) return []
      const path = destination.isFolder ? joined(destination.path, each.name) : destination.path
      return [itemOf(each.tree, node, path, options)]
    }
    return folderItems(each.tree, each.path, destination.path, !destination.exists, options, keep)
  })
}

function folderItems(
  tree: SourceTree,
  from: string,
  to: string,
  withItself: boolean,
  options: CopyOptions,
  keep: (path: string) => boolean,
): LayerItem[] {
  const items: LayerItem[] = []
  // Names of one file stay so within a folder; what is copied by itself is a file of its own.
  const firsts = new Map<SourceNode, LayerItem>()
  for (const { path, node } of tree.walk(from)) {
    const inner = from === '' ? path : path.slice(from.length + 1)
    if (inner === '' ? !withItself : !keep(inner)) continue
    const first = firsts.get(node)
    const item =
      first === undefined ? itemOf(tree, node, joined(to, inner), options) : hardLinkItem(joined(to, inner), first)
    if (node.entry.type === 'file' && first === undefined) firsts.set(node, item)
    items.push(item)
  }
  return items
}

/** `--parents`: the path as it was asked for, behind a `/./` if there is one, is kept below the destination. */
function withParents(
  { tree, path, asked }: Selected,
  destination: Destination,
  options: CopyOptions,
  keep: (path: string) => boolean,
): LayerItem[] {
  const items: LayerItem[] = []
  const folders: { path: string; node: SourceNode }[] = []
  for (let parent = parentOf(asked); parent !== ''; parent = parentOf(parent)) {
    const node = tree.get(tree.resolve(parent) ?? parent)
    if (node !== undefined) folders.unshift({ path: parent, node })
  }
  for (const folder of folders) items.push(itemOf(tree, folder.node, joined(destination.path, folder.path), options))
  const node = tree.get(path)
  if (node === undefined) return items
  if (node.entry.type !== 'directory') return [...items, itemOf(tree, node, joined(destination.path, asked), options)]
  return [...items, ...folderItems(tree, path, joined(destination.path, asked), true, options, keep)]
}

export function joined(folder: string, name: string): string {
  if (folder === '' || name === '') return folder + name
  return `${folder}/${name}`
}
