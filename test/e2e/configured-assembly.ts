import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

const root = join(import.meta.dirname, '../..')

/** Components that can run out of process without the assembly being another one. */
export const separable = [
  'moby/volume-local',
  'moby/log-json-file',
  'moby/network-bridge',
  'moby/ipam-pool',
  'moby/auth-socket',
] as const

export interface OutOfProcess {
  /** Names; absent: every driver that can. */
  readonly components?: readonly string[] | undefined
  readonly mode?: 'process' | 'container'
  readonly folder?: string
}

/** The default assembly, locked, with something changed. */
export class ConfiguredAssembly {
  readonly file: string
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
    this.file = join(folder, 'moby.yaml')
  }

  /** With a configuration of one component. `config` may put files into the folder of the assembly. */
  static async write(
    component: string,
    config: (folder: string) => Promise<Readonly<Record<string, unknown>>>,
  ): Promise<ConfiguredAssembly> {
    return await ConfiguredAssembly.#make(async (manifest, folder) => {
      // JSON is YAML too.
      const text = JSON.stringify(await config(folder))
      return withKey(manifest, component, `config: ${text}`)
    })
  }

  /**
   * With these components in processes or containers of their own, and another storage driver if one is given. In
   * `folder`, or in one of its own.
   */
  static async outOfProcess({
    components = [...separable, 'moby/storage-copy'],
    mode = 'process',
    folder,
  }: OutOfProcess = {}): Promise<ConfiguredAssembly> {
    const storage = components.find((component) => component.startsWith('moby/storage-'))
    return await ConfiguredAssembly.#make(async (manifest) => {
      const chosen = storage === undefined ? manifest : manifest.replace('use: moby/storage-overlay', `use: ${storage}`)
      return components.reduce((text, component) => withKey(text, component, `mode: ${mode}`), chosen)
    }, folder)
  }

  /** With further entries. `entries` may put files into the folder of the assembly. */
  static async extended(entries: (folder: string) => Promise<string>): Promise<ConfiguredAssembly> {
    return await ConfiguredAssembly.#make(async (manifest, folder) => `${manifest}${await entries(folder)}`)
  }

  static async #make(
    change: (manifest: string, folder: string) => Promise<string>,
    where?: string,
  ): Promise<ConfiguredAssembly> {
    const folder = where ?? (await mkdtemp(join(tmpdir(), 'moby-assembly-')))
    const assembly = new ConfiguredAssembly(folder)
    const manifest = await readFile(join(root, 'plugins/origin/moby.yaml'), 'utf8')
    await writeFile(assembly.file, await change(manifest, folder))
    await execa(join(root, 'node_modules/.bin/moby'), ['lock', '--assembly', assembly.file], { cwd: root })
    return assembly
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

function withKey(manifest: string, component: string, line: string): string {
  const place = new RegExp(`( {4}use: ${component}\\n {4}version: .*\\n)`)
  if (!place.test(manifest)) throw new Error(`the default assembly has no ${component}`)
  return manifest.replace(place, `$1    ${line}\n`)
}
