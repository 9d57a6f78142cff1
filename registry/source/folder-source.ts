import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { codedError, type ComponentCandidate, type ComponentPayload, type ComponentSource } from '@moby/contracts'
import { ComponentFolder } from './component-folder.ts'
import type { DescriptorReader } from './descriptor-reader.ts'
import { measureFolder } from './measure-folder.ts'

export interface FolderSourceOptions {
  /** Absolute folder that relative paths begin at: that of the manifest. */
  readonly base: string
  readonly readDescriptor: DescriptorReader
}

/**
 * `folder:PATH`, a component in a folder, or a folder of such folders (several versions, for example).
 * The payload is the folder alone: a component from outside a workspace brings what it needs.
 */
export class FolderSource implements ComponentSource {
  readonly scheme = 'folder'
  readonly #options: FolderSourceOptions

  constructor(options: FolderSourceOptions) {
    this.#options = options
  }

  async candidates(location: string, component: string): Promise<readonly ComponentCandidate[]> {
    const folders = await this.#components(location)
    return folders.filter(({ name }) => name === component).map((each) => each.candidate(this.#options.readDescriptor))
  }

  async names(location: string): Promise<readonly string[]> {
    return [...new Set((await this.#components(location)).flatMap(({ name }) => name ?? []))]
  }

  async payload(_location: string, candidate: ComponentCandidate): Promise<ComponentPayload> {
    const folder = dirname(candidate.origin)
    const component = await ComponentFolder.open(folder)
    if (component === undefined) {
      throw codedError('SOURCE_MISSING', `There is no component.yaml in ${folder} any more`)
    }
    const own = await measureFolder(folder)
    return {
      folder,
      digest: `sha256:${own.digest}`,
      descriptorDigest: component.descriptorDigest,
      parts: [{ name: '', folder, ...own }],
    }
  }

  async #components(location: string): Promise<ComponentFolder[]> {
    const folder = resolve(this.#options.base, location)
    const facts = await stat(folder).catch(() => undefined)
    if (facts?.isDirectory() !== true) {
      throw codedError('SOURCE_MISSING', `There is no folder ${folder}`, {
        hint: `folder: paths are relative to the manifest's folder, ${this.#options.base}`,
      })
    }
    const own = await ComponentFolder.open(folder)
    if (own !== undefined) return [own]
    const entries = await readdir(folder, { withFileTypes: true })
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    const inside = await Promise.all(names.sort().map((name) => ComponentFolder.open(join(folder, name))))
    const components = inside.filter((each) => each !== undefined)
    if (components.length === 0) {
      throw codedError('SOURCE_MISSING', `There is no component.yaml in ${folder}`, {
        hint: 'name the folder of the component, or one that has such folders',
      })
    }
    return components
  }
}
