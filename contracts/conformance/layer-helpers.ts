import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Implementation } from '../component/contract.ts'
import type { Mount, storageLayers } from '../storage/index.ts'
import { freshName } from './checks.ts'
import { writeTar, type TarEntry } from './tar.ts'

/** What can be done around a layer driver. */
export interface LayerFixtures {
  /** Mounts what the driver answered, so that the kit can look into the tree. */
  readonly mount?: (mounts: readonly Mount[]) => Promise<Mounted>
}

/** A mounted tree. */
export interface Mounted {
  readonly path: string
  close(): Promise<void>
}

export type LayerDriver = Implementation<typeof storageLayers>

/** `sha256:` and hex. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** The bytes in chunks of an odd size, so that nothing depends on where they are cut. */
export async function* inChunks(bytes: Uint8Array, size = 1_337): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size))
}

/** Unpacks entries on a parent and commits. Answers with the key of the committed snapshot. */
export async function addLayer(driver: LayerDriver, entries: readonly TarEntry[], parent?: string): Promise<string> {
  const archive = writeTar(entries)
  const key = freshName('unpack')
  const name = freshName('sha256:layer')
  await driver.prepare({ key, ...(parent === undefined ? {} : { parent }) })
  await driver.apply({ key }, inChunks(archive))
  await driver.commit({ key, name })
  return name
}

/** Removes snapshots, the newest first. */
export async function removeAll(driver: LayerDriver, keys: readonly string[]): Promise<void> {
  for (const key of keys.toReversed()) await driver.remove({ key })
}

/** Every path below a folder and what it is: contents of files, targets of links, modes. */
export async function treeOf(folder: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {}
  for (const path of (await readdir(folder, { recursive: true })).sort()) {
    const full = join(folder, path)
    const stat = await lstat(full)
    const mode = (stat.mode & 0o7777).toString(8)
    if (stat.isDirectory()) tree[path] = `directory ${mode}`
    else if (stat.isSymbolicLink()) tree[path] = `link to ${await readlink(full)}`
    else if (stat.isFile()) tree[path] = `file ${mode} ${await readFile(full, 'utf8')}`
    else tree[path] = 'special'
  }
  return tree
}

/** The tree that a container on this layer would see. */
export async function seeTree(
  driver: LayerDriver,
  mount: Required<LayerFixtures>['mount'],
  parent: string,
): Promise<Record<string, string>> {
  const key = freshName('look')
  const mounted = await mount((await driver.view({ key, parent })).mounts)
  const tree = await treeOf(mounted.path).finally(() => mounted.close())
  await driver.remove({ key })
  return tree
}
