import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Which volumes the plugins have made and not removed: a plugin that has one is in use. */
export class VolumeRecords {
  readonly #file: string
  readonly #volumes: Map<string, Set<string>>

  private constructor(file: string, volumes: Map<string, Set<string>>) {
    this.#file = file
    this.#volumes = volumes
  }

  static open(file: string): VolumeRecords {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    try {
      const known = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string[]>
      return new VolumeRecords(file, new Map(Object.entries(known).map(([plugin, names]) => [plugin, new Set(names)])))
    } catch {
      // Without it a plugin can be disabled that still has volumes; they wait for it then.
      return new VolumeRecords(file, new Map())
    }
  }

  of(plugin: string): string[] {
    return [...(this.#volumes.get(plugin) ?? [])]
  }

  add(plugin: string, volume: string): void {
    const names = this.#volumes.get(plugin) ?? new Set()
    if (names.has(volume)) return
    this.#volumes.set(plugin, names.add(volume))
    this.#write()
  }

  delete(plugin: string, volume: string): void {
    if (this.#volumes.get(plugin)?.delete(volume) === true) this.#write()
  }

  forget(plugin: string): void {
    if (this.#volumes.delete(plugin)) this.#write()
  }

  #write(): void {
    const all = Object.fromEntries([...this.#volumes].map(([plugin, names]) => [plugin, [...names]]))
    writeFileSync(`${this.#file}.new`, JSON.stringify(all), { mode: 0o600 })
    renameSync(`${this.#file}.new`, this.#file)
  }
}
