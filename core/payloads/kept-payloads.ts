import { hash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  codedError,
  isCodedError,
  partsText,
  type ComponentCandidate,
  type ComponentPayload,
  type LockEntry,
  type PayloadPart,
} from '@moby/contracts'
import { readDescriptor } from '../manifest/read-descriptor.ts'
import { parseRecord, recordOf, type KeptPart, type KeptRecord } from './kept-record.ts'
import { archiveBytes, damaged, PartArchive, writeArchive } from './part-archive.ts'
import { ownFolder, unpackPayload } from './unpack-payload.ts'

/** A payload that was found by its digest. Its files are there when it was unpacked. */
export interface KeptPayload {
  readonly candidate: ComponentCandidate
  readonly payload: ComponentPayload
}

/** What one is asked for by. */
export type PayloadName = Pick<LockEntry, 'use' | 'version' | 'digest'>

const hexOf = (digest: string) => digest.replace('sha256:', '')

/**
 * Files of components by their digests, in `<data root>/payloads`: `components/<digest>.json` tells of which packages a payload
 * is made, `parts/<digest>` is a package in one file, `unpacked/<digest>` what runs from here. A file is written beside its place,
 * brought to disk and put into it in one step, parts before who names them, so that a payload is kept whole or not at all,
 * whatever ends the engine. What is unpacked is made of the archives again by each engine.
 */
export class KeptPayloads {
  readonly #components: string
  readonly #parts: string
  readonly #unpacked: string
  readonly #ready = new Map<string, Promise<void>>()

  /** Makes the folders, and removes what an engine that was killed had begun to write. */
  constructor(dataRoot: string) {
    const root = join(dataRoot, 'payloads')
    this.#components = join(root, 'components')
    this.#parts = join(root, 'parts')
    this.#unpacked = join(root, 'unpacked')
    for (const folder of [this.#components, this.#parts, this.#unpacked]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      for (const name of readdirSync(folder)) {
        if (name.endsWith('.new')) rmSync(join(folder, name), { recursive: true, force: true })
      }
    }
  }

  /** Whether a payload is kept, as far as it can be seen without reading it. */
  has(digest: string): boolean {
    try {
      const record = parseRecord(readFileSync(this.#recordOf(digest), 'utf8'))
      return record?.parts.every((part) => sizeOf(this.#archiveOf(part)) === part.bytes) === true
    } catch {
      return false
    }
  }

  /**
   * Keeps a payload, unless it is or its source does so itself. Answers when it would survive a loss of power. Throws
   * PAYLOAD_CHANGED when its files are not the measured ones any more, PAYLOAD_NOT_KEPT when it cannot be written.
   */
  async keep(name: PayloadName, { parts, digest }: ComponentPayload): Promise<void> {
    if (parts === undefined || this.has(digest)) return
    try {
      const kept: (PayloadPart & { readonly bytes: number })[] = []
      for (const part of parts) kept.push({ ...part, bytes: await this.#keepPart(part) })
      await flush(this.#parts)
      const text = JSON.stringify(recordOf(name, kept))
      await this.#put(this.#recordOf(digest), async (path) => {
        const file = await open(path, 'wx', 0o600)
        try {
          await file.writeFile(text)
          await file.sync()
        } finally {
          await file.close()
        }
      })
      await flush(this.#components)
    } catch (cause) {
      if (isCodedError(cause)) throw cause
      const why = cause instanceof Error ? cause.message : String(cause)
      throw codedError('PAYLOAD_NOT_KEPT', `The files of ${name.use} ${name.version} cannot be kept: ${why}`, {
        hint: `see whether ${this.#parts} is writable and has room`,
        cause,
      })
    }
  }

  /** Undefined when it is not kept. Throws PAYLOAD_DAMAGED. Nothing is there to run before `unpack`. */
  async find(name: PayloadName): Promise<KeptPayload | undefined> {
    const record = this.#read(name.digest)
    if (record === undefined) return undefined
    const [own] = record.parts as readonly [KeptPart, ...KeptPart[]]
    const root = join(this.#unpacked, hexOf(name.digest))
    const folder = join(root, ownFolder(record))
    const path = this.#archiveOf(own)
    const archive = await PartArchive.open(path, own.digest)
    try {
      const file = archive.files.find((each) => each.path === 'component.yaml')
      if (file === undefined) throw damaged(path, 'it has no component.yaml')
      const pieces: Buffer[] = []
      for await (const piece of archive.read(file)) pieces.push(piece)
      const origin = join(folder, file.path)
      // Packages that were installed in its own folder, where what sees that folder sees them.
      const installed = record.parts.flatMap(({ modules }) => modules ?? []).filter((each) => existsSync(each))
      const descriptor = readDescriptor(origin, Buffer.concat(pieces).toString('utf8'))
      return {
        candidate: { name: descriptor.name, version: descriptor.version, descriptor, origin },
        payload: { folder, digest: name.digest, descriptorDigest: `sha256:${file.digest}`, sees: [root, ...installed] },
      }
    } finally {
      await archive.close()
    }
  }

  /** True for a folder that `find` has answered. */
  owns(folder: string): boolean {
    return folder.startsWith(`${this.#unpacked}/`)
  }

  /** Writes the files of a payload where `find` said that they would be. Throws PAYLOAD_DAMAGED, PAYLOAD_NOT_KEPT. */
  async unpack(name: PayloadName): Promise<void> {
    const known = this.#ready.get(name.digest) ?? this.#unpack(name)
    this.#ready.set(name.digest, known)
    known.catch(() => this.#ready.delete(name.digest))
    await known
  }

  /** Removes what has none of these digests. `running`: what may be running from here. */
  async collect(needed: ReadonlySet<string>, running: ReadonlySet<string>): Promise<void> {
    const wanted = new Set([...needed, ...running].map(hexOf))
    const parts = new Set<string>()
    let isEach = true
    for (const name of await readdir(this.#components)) {
      const digest = name.replace('.json', '')
      if (wanted.has(digest)) {
        for (const part of this.#readSafely(digest)?.parts ?? []) parts.add(part.digest)
      } else {
        isEach = false
        await rm(join(this.#components, name), { force: true })
      }
    }
    // Those who name a part go before it.
    if (!isEach) await flush(this.#components)
    for (const name of await readdir(this.#parts)) {
      if (!parts.has(name)) await rm(join(this.#parts, name), { force: true })
    }
    const used = new Set([...running].map(hexOf))
    for (const name of await readdir(this.#unpacked)) {
      if (used.has(name)) continue
      this.#ready.delete(`sha256:${name}`)
      await rm(join(this.#unpacked, name), { recursive: true, force: true })
    }
  }

  async #keepPart(part: PayloadPart): Promise<number> {
    const path = this.#archiveOf(part)
    const bytes = archiveBytes(part)
    if (sizeOf(path) === bytes) return bytes
    return await this.#put(path, async (draft) => {
      await writeArchive(draft, part)
      return bytes
    })
  }

  async #put<T>(path: string, write: (draft: string) => Promise<T>): Promise<T> {
    const draft = `${path}.${randomBytes(4).toString('hex')}.new`
    try {
      const answer = await write(draft)
      await rename(draft, path)
      return answer
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }

  async #unpack(name: PayloadName): Promise<void> {
    const record = this.#read(name.digest)
    if (record === undefined) throw damaged(this.#recordOf(name.digest), 'it is not there any more')
    const folder = join(this.#unpacked, hexOf(name.digest))
    const draft = `${folder}.new`
    const archives: PartArchive[] = []
    try {
      for (const part of record.parts) archives.push(await PartArchive.open(this.#archiveOf(part), part.digest))
      // An earlier engine may have left one.
      for (const each of [draft, folder]) await rm(each, { recursive: true, force: true })
      await unpackPayload(draft, record, archives)
      await rename(draft, folder)
    } catch (cause) {
      await rm(draft, { recursive: true, force: true })
      if (isCodedError(cause)) throw cause
      const why = cause instanceof Error ? cause.message : String(cause)
      throw codedError('PAYLOAD_NOT_KEPT', `The kept files of ${name.use} ${name.version} cannot be unpacked: ${why}`, {
        hint: `see whether ${this.#unpacked} is writable and has room`,
        cause,
      })
    } finally {
      for (const archive of archives) await archive.close()
    }
  }

  /** Throws PAYLOAD_DAMAGED for a record that is there and does not tell of this payload. */
  #read(digest: string): KeptRecord | undefined {
    const path = this.#recordOf(digest)
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw damaged(path, 'it cannot be read', error)
    }
    const record = parseRecord(text)
    if (record === undefined || payloadDigestOf(record.parts) !== hexOf(digest)) {
      throw damaged(path, 'it does not tell of what has its digest')
    }
    return record
  }

  #readSafely(digest: string): KeptRecord | undefined {
    try {
      return this.#read(digest)
    } catch {
      return undefined
    }
  }

  #recordOf(digest: string): string {
    return join(this.#components, `${hexOf(digest)}.json`)
  }

  #archiveOf({ digest }: Pick<KeptPart, 'digest'>): string {
    return join(this.#parts, digest)
  }
}

function payloadDigestOf(parts: readonly KeptPart[]): string {
  const [own] = parts
  return own?.name === '' ? own.digest : hash('sha256', partsText(parts), 'hex')
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
