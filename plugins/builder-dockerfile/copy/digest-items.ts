import { createHash } from 'node:crypto'
import type { LayerItem } from './layer-item.ts'

/** What the files of a copy are, but for their times: equal digests mean that a layer can be used again. */
export function digestItems(items: readonly LayerItem[]): string {
  const hash = createHash('sha256')
  for (const { entry, digest } of items) {
    const xattrs = [...entry.xattrs].map(([name, value]) => [name, Buffer.from(value).toString('base64')])
    const { name, type, mode, uid, gid, size, linkName, major, minor } = entry
    hash.update(JSON.stringify([name, type, mode, uid, gid, size, linkName, major, minor, xattrs, digest]))
  }
  return hash.digest('hex')
}
