import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

const root = join(import.meta.dirname, '../..')
const source = /( {4}use: moby\/distribution-oci\n {4}version: .*\n)/

/** The default assembly, locked, with a configuration for the component that reaches registries. */
export class RegistryAssembly {
  readonly file: string
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
    this.file = join(folder, 'moby.yaml')
  }

  /** `authorities`: certificates to trust, PEM, by the registry. */
  static async write(
    config: Readonly<Record<string, unknown>>,
    authorities: Readonly<Record<string, string>> = {},
  ): Promise<RegistryAssembly> {
    const assembly = new RegistryAssembly(await mkdtemp(join(tmpdir(), 'moby-registries-')))
    const registries: Record<string, unknown> = {}
    for (const [host, pem] of Object.entries(authorities)) {
      const ca = join(assembly.#folder, `${host.replace(':', '-')}.pem`)
      await writeFile(ca, pem)
      registries[host] = { ca }
    }
    const manifest = await readFile(join(root, 'plugins/origin/moby.yaml'), 'utf8')
    if (!source.test(manifest)) throw new Error('the default assembly has no moby/distribution-oci')
    // JSON is YAML too.
    const text = JSON.stringify({ ...config, registries })
    await writeFile(assembly.file, manifest.replace(source, `$1    config: ${text}\n`))
    await execa(join(root, 'node_modules/.bin/moby'), ['lock', '--assembly', assembly.file], { cwd: root })
    return assembly
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}
