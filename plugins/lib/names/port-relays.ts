import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openDatagramRelay } from './datagram-relay.ts'
import { openStreamRelay } from './stream-relay.ts'

/** Ending of the files that tell relays, one file an endpoint. */
export const relayEnding = '.relay'

/** A port of the host that this process carries to a container, where the kernel's rules cannot. */
export interface RelayPlace {
  readonly protocol: 'tcp' | 'udp'
  readonly hostIp: string
  readonly hostPort: number
  readonly address: string
  readonly port: number
}

export interface OpenRelay {
  close(): void
}

/** The relays of all endpoints of one engine, by file. */
export class PortRelays {
  readonly #folder: string
  /** Those that are just being opened as well. */
  readonly #open = new Map<string, Promise<readonly OpenRelay[]>>()

  constructor(folder: string) {
    this.#folder = folder
  }

  get size(): number {
    return this.#open.size
  }

  /** Takes up every file that is there; answers the problems. */
  async loadAll(): Promise<string[]> {
    const problems: string[] = []
    for (const file of readdirSync(this.#folder)) {
      if (!file.endsWith(relayEnding)) continue
      await this.load(file).catch((error: unknown) => problems.push(`${file}: ${String(error)}`))
    }
    return problems
  }

  /** Opens the relays of a file, all or none. Those of a file that is open already stay as they are. */
  async load(file: string): Promise<void> {
    const known = this.#open.get(file)
    if (known !== undefined) return void (await known)
    const opening = openAll(JSON.parse(readFileSync(join(this.#folder, file), 'utf8')) as readonly RelayPlace[])
    this.#open.set(file, opening)
    try {
      await opening
    } catch (error) {
      if (this.#open.get(file) === opening) this.#open.delete(file)
      throw error
    }
  }

  async unload(file: string): Promise<void> {
    const opening = this.#open.get(file)
    this.#open.delete(file)
    for (const relay of (await opening?.catch(() => undefined)) ?? []) relay.close()
  }
}

async function openAll(places: readonly RelayPlace[]): Promise<OpenRelay[]> {
  const opened: OpenRelay[] = []
  try {
    for (const place of places) {
      opened.push(await (place.protocol === 'tcp' ? openStreamRelay(place) : openDatagramRelay(place)))
    }
    return opened
  } catch (error) {
    for (const relay of opened) relay.close()
    throw error
  }
}
