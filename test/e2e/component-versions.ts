import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** Versions of a component of this project, as a folder of folders that a manifest names by `folder:versions`. */
export class ComponentVersions {
  readonly #folder: string

  /** `folder`: that of the manifest. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** `change` edits the text of its entry. */
  async add(plugin: string, version: string, change: (entry: string) => string = (entry) => entry): Promise<void> {
    const to = join(this.#folder, 'versions', `${plugin}-${version}`)
    await mkdir(join(this.#folder, 'versions'), { recursive: true })
    // What the component imports is found from any folder above it.
    await symlink(join(root, 'node_modules'), join(this.#folder, 'node_modules')).catch(() => undefined)
    await cp(join(root, 'plugins', plugin), to, { recursive: true, filter: (source) => !source.endsWith('.test.ts') })
    const descriptor = await readFile(join(to, 'component.yaml'), 'utf8')
    await writeFile(join(to, 'component.yaml'), descriptor.replace(/^version: .*$/m, `version: ${version}`))
    const entry = join(to, 'index.ts')
    await writeFile(entry, change(await readFile(entry, 'utf8')))
  }
}
