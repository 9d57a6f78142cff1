import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Which networks the plugins have made, so that a plugin that refuses to make one again is understood. */
export class NetworkRecords {
  readonly #file: string
  readonly #networks: Map<string, string>

  private constructor(file: string, networks: Map<string, string>) {
    this.#file = file
    this.#networks = networks
  }

  static open(file: string): NetworkRecords {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    try {
      const known = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
      return new NetworkRecords(file, new Map(Object.entries(known)))
    } catch {
      // Without it a plugin that kept its networks is asked again and may refuse, which is told then.
      return new NetworkRecords(file, new Map())
    }
  }

  has(plugin: string, network: string): boolean {
    return this.#networks.get(network) === plugin
  }

  /** The networks of a plugin. */
  of(plugin: string): string[] {
    return [...this.#networks].flatMap(([network, owner]) => (owner === plugin ? network : []))
  }

  /** The plugin of each network. */
  plugins(): string[] {
    return [...this.#networks.values()]
  }

  add(plugin: string, network: string): void {
    if (this.has(plugin, network)) return
    this.#networks.set(network, plugin)
    this.#write()
  }

  delete(plugin: string, network: string): void {
    if (!this.has(plugin, network)) return
    this.#networks.delete(network)
    this.#write()
  }

  /** Forgets the networks of a plugin, which are gone with it. */
  forget(plugin: string): void {
    for (const [network, owner] of this.#networks) if (owner === plugin) this.#networks.delete(network)
    this.#write()
  }

  #write(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(Object.fromEntries(this.#networks)), { mode: 0o600 })
    renameSync(`${this.#file}.new`, this.#file)
  }
}
