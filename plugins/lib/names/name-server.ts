import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Forwarder } from './forwarder.ts'
import { Listener } from './listener.ts'
import { replyTo } from './reply-to.ts'
import { Zone, type ZoneState } from './zone.ts'

/** Where a network's name server listens. */
export interface ListenPlace {
  readonly address: string
  readonly port: number
}

interface Network {
  zone: Zone
  readonly listeners: Map<string, Listener>
}

/** Who asks by which way. */
export interface Asker {
  readonly address: string
  readonly overTcp: boolean
}

/** The name servers of all networks of one engine. Each network has a file, `<name>.json`, in the folder. */
export class NameServer {
  readonly #folder: string
  readonly #networks = new Map<string, Network>()
  readonly #forwarder: Forwarder

  constructor(folder: string, forwarder: Forwarder) {
    this.#folder = folder
    this.#forwarder = forwarder
  }

  /** How many networks have name servers on the host. */
  get size(): number {
    return [...this.#networks.values()].filter(({ listeners }) => listeners.size > 0).length
  }

  /** The names of the network with that file. */
  zone(file: string): Zone | undefined {
    return this.#networks.get(file)?.zone
  }

  /** Takes up every file that is there; answers the problems. */
  async loadAll(): Promise<string[]> {
    const problems: string[] = []
    for (const file of readdirSync(this.#folder)) {
      if (!file.endsWith('.json')) continue
      await this.load(file).catch((error: unknown) => problems.push(`${file}: ${String(error)}`))
    }
    return problems
  }

  /** Reads a network's file, new or changed. From then on its names answer. */
  async load(file: string): Promise<ListenPlace[]> {
    const state = JSON.parse(readFileSync(join(this.#folder, file), 'utf8')) as ZoneState
    const network: Network = this.#networks.get(file) ?? { zone: new Zone(state), listeners: new Map() }
    network.zone = new Zone(state)
    this.#networks.set(file, network)
    for (const [address, listener] of network.listeners) {
      if (state.listen.includes(address)) continue
      listener.close()
      network.listeners.delete(address)
    }
    for (const address of state.listen) {
      if (network.listeners.has(address)) continue
      const listener = await Listener.open(address, (message, from, overTcp) =>
        this.#answer(network.zone, message, { address: from, overTcp }),
      )
      network.listeners.set(address, listener)
    }
    return [...network.listeners].map(([address, listener]) => ({ address, port: listener.ports.udp }))
  }

  unload(file: string): void {
    for (const listener of this.#networks.get(file)?.listeners.values() ?? []) listener.close()
    this.#networks.delete(file)
  }

  async #answer(zone: Zone, message: Buffer, { address, overTcp }: Asker): Promise<Buffer | undefined> {
    if (!zone.covers(address)) return undefined
    return await replyTo(message, overTcp, (query) => {
      const answer = zone.answer(query, address)
      if (answer !== 'forward') return answer
      const servers = zone.state.upstream.map((server) => ({ server, side: 'host' as const }))
      return this.#forwarder.ask(message, servers, { overTcp })
    })
  }
}
