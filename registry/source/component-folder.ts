import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ComponentCandidate } from '@moby/contracts'
import type { DescriptorReader } from './descriptor-reader.ts'

/** A folder with a `component.yaml`. Its name is known at once, the rest is read when it is asked for. */
export class ComponentFolder {
  readonly folder: string
  readonly file: string
  /** `scope/name`, undefined when the text has none that can be seen. */
  readonly name: string | undefined
  /** `sha256:` and hex over the bytes of component.yaml. */
  readonly descriptorDigest: string
  readonly #text: string

  private constructor(folder: string, file: string, text: string) {
    this.folder = folder
    this.file = file
    this.#text = text
    this.name = /^name:\s*["']?([^\s"'#]+)/m.exec(text)?.[1]
    this.descriptorDigest = `sha256:${createHash('sha256').update(text).digest('hex')}`
  }

  /** Undefined where there is no component.yaml. */
  static async open(folder: string): Promise<ComponentFolder | undefined> {
    const file = join(folder, 'component.yaml')
    try {
      return new ComponentFolder(folder, file, await readFile(file, 'utf8'))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
      throw error
    }
  }

  candidate(read: DescriptorReader): ComponentCandidate {
    const descriptor = read(this.file, this.#text)
    return { name: descriptor.name, version: descriptor.version, descriptor, origin: this.file }
  }
}
