import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readQuery, responseCodes, writeAnswer, type Query } from './dns-message.ts'
import { Forwarder } from './forwarder.ts'
import { Listener } from './listener.ts'
import { Zone, type ZoneState } from './zone.ts'

/** Short, because a container that starts again gets another address. */
const timeToLive = 5
const tcpRoom = 65_535

/** Where a network's name server listens. */
export interface ListenPlace {
  readonly address: string
  readonly port: number
}

interface Network {
  zone: Zone
  readonly listeners: Map<string, Listener>
}

/** The name servers of all networks of one engine. Each network has a file, `<name>.json`, in the folder. */
export class NameServer {
  readonly #folder: string
  readonly #networks = new Map<string, Network>()
  readonly #forwarder = new Forwarder()

  constructor(folder: string) {
    this.#folder = folder
  }

  get size(): number {
    return this.#networks.size
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
        this.#answer(network.zone, message, from, overTcp),
      )
      network.listeners.set(address, listener)
    }
    return [...network.listeners].map(([address, listener]) => ({ address, port: listener.port }))
  }

  unload(file: string): void {
    for (const listener of this.#networks.get(file)?.listeners.values() ?? []) listener.close()
    this.#networks.delete(file)
  }

  async #answer(zone: Zone, message: Buffer, from: string, overTcp: boolean): Promise<Buffer | undefined> {
    if (!zone.covers(from)) return undefined
    const query = readQuery(message)
    if (query === undefined) return undefined
    const room = overTcp ? tcpRoom : query.room
    const reply = (code: number, records: Parameters<typeof writeAnswer>[2], authoritative: boolean) =>
      writeAnswer(query, code, records, { timeToLive, room, authoritative })
    if (operationOf(query) !== 0) return reply(responseCodes.notImplemented, [], false)
    const answer = zone.answer(query, from)
    if (answer !== 'forward') return reply(answer.code, answer.records, true)
    const forwarded = await this.#forwarder.ask(message, zone.state.upstream, overTcp)
    return forwarded ?? reply(responseCodes.serverFailure, [], false)
  }
}

function operationOf(query: Query): number {
  return (query.flags >> 11) & 0xf
}
