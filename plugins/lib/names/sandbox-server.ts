import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { responseCodes, type Query } from './dns-message.ts'
import type { Forwarder } from './forwarder.ts'
import { Listener, type Answerer } from './listener.ts'
import { replyTo } from './reply-to.ts'
import { sandboxEnding, type SandboxPorts, type SandboxState } from './sandbox-state.ts'
import { unknownName, type Zone, type ZoneAnswer } from './zone.ts'

interface Sandbox {
  state: SandboxState
  readonly listener: Listener
}

/**
 * The name servers in sandboxes: sockets of this process that belong to the network namespaces of containers. They see
 * the names of all networks that the container is on. Each sandbox has a file, `<name>.sandbox`, in the folder.
 */
export class SandboxServer {
  readonly #folder: string
  readonly #zone: (file: string) => Zone | undefined
  readonly #forwarder: Forwarder
  readonly #sandboxes = new Map<string, Sandbox>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(folder: string, zone: (file: string) => Zone | undefined, forwarder: Forwarder) {
    this.#folder = folder
    this.#zone = zone
    this.#forwarder = forwarder
  }

  get size(): number {
    return this.#sandboxes.size
  }

  /** Takes up every file that is there; answers the problems. */
  async loadAll(): Promise<string[]> {
    const problems: string[] = []
    for (const file of readdirSync(this.#folder)) {
      if (!file.endsWith(sandboxEnding)) continue
      await this.load(file).catch((error: unknown) => problems.push(`${file}: ${String(error)}`))
    }
    return problems
  }

  /** Reads a sandbox's file, new or changed, and answers the ports at which it is served. */
  async load(file: string): Promise<SandboxPorts> {
    // One after the other: two that open the same sandbox would take each other's ports.
    const loaded = this.#turn.then(() => this.#load(file))
    this.#turn = loaded.catch(() => undefined)
    return await loaded
  }

  async #load(file: string): Promise<SandboxPorts> {
    const state = JSON.parse(readFileSync(join(this.#folder, file), 'utf8')) as SandboxState
    const known = this.#sandboxes.get(file)
    if (known !== undefined && isServed(known, state)) {
      known.state = state
      return known.listener.ports
    }
    this.#close(file)
    const listener = await listen(state, (message, _from, overTcp) => this.#answer(file, message, overTcp))
    this.#sandboxes.set(file, { state, listener })
    return listener.ports
  }

  async unload(file: string): Promise<void> {
    await this.#turn
    this.#close(file)
  }

  #close(file: string): void {
    this.#sandboxes.get(file)?.listener.close()
    this.#sandboxes.delete(file)
  }

  async #answer(file: string, message: Buffer, overTcp: boolean): Promise<Buffer | undefined> {
    const { state } = this.#sandboxes.get(file) ?? {}
    if (state === undefined) return undefined
    const zones = state.zones.flatMap((name) => this.#zone(name) ?? [])
    return await replyTo(message, overTcp, (query) => {
      const answer = answerFrom(zones, state, query)
      if (answer !== 'forward') return answer
      return this.#forwarder.ask(message, state.upstream, { overTcp, namespace: state.namespace })
    })
  }
}

/** What the networks of a sandbox know together: the first that has what is asked for answers. */
export function answerFrom(zones: readonly Zone[], state: SandboxState, query: Query): ZoneAnswer {
  const found = zones.flatMap((zone) => {
    const records = zone.find(query, state.sandboxId)
    return records === undefined ? [] : [records]
  })
  if (found.length > 0) {
    return { code: responseCodes.success, records: found.find((records) => records.length > 0) ?? [] }
  }
  if (zones.some((zone) => zone.ownsPointer(query.name))) return { code: responseCodes.nameError, records: [] }
  if (state.keepsPlainNames && !query.name.includes('.')) return { code: responseCodes.success, records: [] }
  return state.upstream.length > 0 ? 'forward' : unknownName(query)
}

/** Whether the sockets are those that the file asks for. */
function isServed({ state, listener }: Sandbox, wanted: SandboxState): boolean {
  const fits = (protocol: 'udp' | 'tcp') => [0, listener.ports[protocol]].includes(wanted.ports[protocol])
  return state.namespace === wanted.namespace && state.address === wanted.address && fits('udp') && fits('tcp')
}

/** A port that somebody in the sandbox has taken meanwhile gives way to another, unless it is the one of names. */
async function listen(state: SandboxState, answer: Answerer): Promise<Listener> {
  const { namespace, address, ports } = state
  try {
    return await Listener.openInside(namespace, { address, ports }, answer)
  } catch (error) {
    if (ports.udp === 0 || ports.udp === 53) throw error
    return await Listener.openInside(namespace, { address, ports: { udp: 0, tcp: 0 } }, answer)
  }
}
