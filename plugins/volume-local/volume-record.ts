import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '@moby/lib-linux'

/** What the driver keeps of a volume, in `volume.json` beside its files. */
export interface VolumeRecord {
  readonly name: string
  readonly createdAt: string
  readonly options: Readonly<Record<string, string>>
  /** Ids under which it is mounted now. */
  readonly users: readonly string[]
}

const recordFile = 'volume.json'

/**
 * Undefined when the folder holds no record: a creation or removal that did not get to its end. A record that is
 * there and cannot be read is `damaged`: files that belong to somebody lie beside it.
 */
export async function readRecord(folder: string): Promise<VolumeRecord | 'damaged' | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, recordFile), 'utf8'))
    return isRecord(value) ? value : 'damaged'
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? undefined : 'damaged'
  }
}

function isRecord(value: unknown): value is VolumeRecord {
  if (typeof value !== 'object' || value === null) return false
  const { name, createdAt, options, users } = value as Partial<Record<keyof VolumeRecord, unknown>>
  const isMap = typeof options === 'object' && options !== null
  return typeof name === 'string' && typeof createdAt === 'string' && isMap && Array.isArray(users)
}

/** Replaces the record as a whole, so that a reader after a crash finds the old or the new one. */
export async function writeRecord(folder: string, record: VolumeRecord, options: { flush: boolean }): Promise<void> {
  const next = join(folder, `${recordFile}.next`)
  await mkdir(folder, { recursive: true, mode: 0o701 })
  await writeFile(next, JSON.stringify(record), options)
  await rename(next, join(folder, recordFile))
}
