import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

const root = join(import.meta.dirname, '../..')

/** The default assembly, locked, with a configuration of one component. */
export class ConfiguredAssembly {
  readonly file: string
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
    this.file = join(folder, 'moby.yaml')
  }

  /** `config` may put files into the folder of the assembly. */
  static async write(
    component: string,
    config: (folder: string) => Promise<Readonly<Record<string, unknown>>>,
  ): Promise<ConfiguredAssembly> {
    const folder = await mkdtemp(join(tmpdir(), 'moby-assembly-'))
    const assembly = new ConfiguredAssembly(folder)
    const manifest = await readFile(join(root, 'plugins/origin/moby.yaml'), 'utf8')
    const place = new RegExp(`( {4}use: ${component}\\n {4}version: .*\\n)`)
    if (!place.test(manifest)) throw new Error(`the default assembly has no ${component}`)
    // JSON is YAML too.
    const text = JSON.stringify(await config(folder))
    await writeFile(assembly.file, manifest.replace(place, `$1    config: ${text}\n`))
    await execa(join(root, 'node_modules/.bin/moby'), ['lock', '--assembly', assembly.file], { cwd: root })
    return assembly
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}
