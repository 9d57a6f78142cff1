import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/** A file that was rotated away: `<path>.<index>`, or the same with `.gz`. */
export interface RotatedFile {
  readonly index: number
  readonly path: string
  readonly compressed: boolean
}

/**
 * Rotated files of a log, oldest first. A death during a rotation may leave numbers out, and one during
 * a compression both forms of a file; then the plain one counts.
 */
export async function listRotated(path: string): Promise<RotatedFile[]> {
  const found = new Map<number, RotatedFile>()
  for (const name of await readdir(dirname(path))) {
    const match = /^\.(\d{1,9})(\.gz)?$/.exec(name.startsWith(basename(path)) ? name.slice(basename(path).length) : '')
    if (match === null) continue
    const index = Number(match[1])
    const compressed = match[2] !== undefined
    if (compressed && found.has(index)) continue
    found.set(index, { index, path: `${path}.${match[1]}${compressed ? '.gz' : ''}`, compressed })
  }
  return [...found.values()].sort((left, right) => right.index - left.index)
}

/**
 * Moves every file one number up and the current one, if it is there, to number 1; what then is beyond
 * `keep` files is deleted.
 */
export async function shiftFiles(path: string, keep: number): Promise<void> {
  if (keep < 2) {
    await rm(path, { force: true })
    return
  }
  for (const { index, path: rotated, compressed } of await listRotated(path)) {
    if (index + 1 >= keep) await rm(rotated)
    else await rename(rotated, `${path}.${index + 1}${compressed ? '.gz' : ''}`)
  }
  if (existsSync(path)) await rename(path, `${path}.1`)
}

/** Replaces a rotated file by its compressed form. */
export async function compressFile(path: string): Promise<void> {
  await pipeline(createReadStream(path), createGzip(), createWriteStream(`${path}.gz.tmp`, { mode: 0o640 }))
  await rename(`${path}.gz.tmp`, `${path}.gz`)
  await rm(path)
}

/** Removes what a death in the middle of a compression left. */
export async function tidyCompressed(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    const file = `${dirname(path)}/${name}`
    const spare = name.endsWith('.gz.tmp') || (name.endsWith('.gz') && existsSync(file.slice(0, -'.gz'.length)))
    if (name.startsWith(basename(path)) && spare) await rm(file)
  }
}
