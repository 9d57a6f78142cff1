import { createReadStream, existsSync } from 'node:fs'
import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '@moby/contracts'
import { applyLayer, detectCompression, removeFolders } from '@moby/lib-tar'
import type { ImageRoot } from './image-root.ts'
import { invalid, isLayout, readLayout, type LayoutImage, type LayoutLayer } from './read-layout.ts'

/** Unpacked images by the digest of their manifest, each unpacked once. */
export class ImageStore {
  readonly #folder: string
  readonly #opening = new Map<string, Promise<string>>()

  /** `folder` belongs to the store alone. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** The image in a folder: an image layout, or a root as it is. Fails with LAUNCH_IMAGE_INVALID or STORAGE_FULL. */
  async open(folder: string): Promise<ImageRoot> {
    const status = await stat(folder).catch(() => undefined)
    if (status?.isDirectory() !== true) throw invalid(`There is no folder ${folder}`)
    if (!(await isLayout(folder))) return { folder, config: {} }
    const image = await readLayout(folder)
    const opening = this.#opening.get(image.digest) ?? this.#unpack(folder, image)
    this.#opening.set(image.digest, opening)
    try {
      return { folder: await opening, config: image.config }
    } catch (error) {
      this.#opening.delete(image.digest)
      throw error
    }
  }

  /** Removes what no image of this life needs; called when no container runs. */
  async prune(): Promise<void> {
    const used = new Set([...this.#opening.keys()].map(nameOf))
    const names = await readdir(this.#folder).catch(() => [])
    await removeFolders(names.filter((name) => !used.has(name)).map((name) => join(this.#folder, name)))
  }

  async #unpack(folder: string, { digest, layers }: LayoutImage): Promise<string> {
    const place = join(this.#folder, nameOf(digest))
    if (existsSync(place)) return place
    const draft = `${place}.draft`
    await removeFolders([draft])
    await mkdir(draft, { recursive: true, mode: 0o755 })
    try {
      for (const layer of layers) await applyTo(draft, layer, folder)
      await rename(draft, place)
    } catch (error) {
      await removeFolders([draft])
      throw error
    }
    return place
  }
}

const nameOf = (digest: string): string => digest.replace('sha256:', '')

/** Both names of a layer are checked: of the archive as it lies there, and of its contents. */
async function applyTo(root: string, layer: LayoutLayer, folder: string): Promise<void> {
  try {
    const { compression, input } = await detectCompression(createReadStream(layer.file, { highWaterMark: 1 << 20 }))
    const { diffId, input: read } = await applyLayer({ root, compression }, input)
    if (diffId === layer.diffId && read.digest === layer.digest) return
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (missing) throw invalid(`${folder} is no whole image layout: there is no ${layer.file}`, error)
    if (hasCode(error, 'STORAGE_FULL', 'CANCELLED', 'HOST_LACKS')) throw error
    throw invalid(`A layer of the image in ${folder} cannot be unpacked: ${messageOf(error)}`, error)
  }
  throw invalid(`What ${folder} holds as the layer ${layer.digest} is something else`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
