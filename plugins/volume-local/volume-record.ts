import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the driver keeps of a volume, in `volume.json` beside its files. */
export interface VolumeRecord {
  readonly name: string
  readonly createdAt: string
  readonly options: Readonly<Record<string, string>>
  /** Ids under which it is mounted now. */
  readonly users: readonly string[]
}

const recordFile = 'volume.json'

/** Undefined when the folder holds no whole record: a creation that did not get to its end. */
export async function readRecord(folder: string): Promise<VolumeRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, recordFile), 'utf8')) as VolumeRecord
  } catch {
    return undefined
  }
}

/** Replaces the record as a whole, so that a reader after a crash finds the old or the new one. */
export async function writeRecord(folder: string, record: VolumeRecord): Promise<void> {
  const next = join(folder, `${recordFile}.next`)
  await mkdir(folder, { recursive: true, mode: 0o701 })
  await writeFile(next, JSON.stringify(record), { flush: true })
  await rename(next, join(folder, recordFile))
}
