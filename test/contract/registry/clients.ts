import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RegistryClient, type ClientSettings } from '@moby/registry/client'
import { RegistryPeer, type RegistryWishes } from '../../peers/registry.ts'

/** Registries, clients and folders of one test, gone together. */
export class Stage {
  readonly #closing: (() => Promise<unknown>)[] = []

  async registry(wishes: RegistryWishes = {}): Promise<RegistryPeer> {
    const registry = await RegistryPeer.start(wishes)
    this.#closing.push(() => registry.stop())
    return registry
  }

  client(settings: Partial<ClientSettings> = {}): RegistryClient {
    const client = new RegistryClient({ certificateFolders: [], stallMs: 10_000, ...settings })
    this.#closing.unshift(() => client.close())
    return client
  }

  /** A folder with files by name. */
  async folder(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'moby-certificates-'))
    this.#closing.push(() => rm(folder, { recursive: true, force: true }))
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true })
      await writeFile(join(folder, name), text)
    }
    return folder
  }

  later(close: () => Promise<unknown>): void {
    this.#closing.push(close)
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0)) await close()
  }
}
