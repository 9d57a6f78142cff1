import { existsSync } from 'node:fs'
import { errnoOf, NetfilterSocket } from '@moby/lib-linux'
import type { Logger } from '@moby/contracts'
import {
  fileOf,
  NameProcess,
  sandboxEnding,
  type SandboxPorts,
  type SandboxState,
  type ZoneState,
} from '@moby/lib-names'
import { KeyedLock } from '../concurrency/keyed-lock.ts'

/** Address of the name server in sandboxes: that of dockerd's, which configurations of servers name. */
export const resolverAddress = '127.0.0.11'

const table = 'moby-names'
const namePort = 53
const anyPorts: SandboxPorts = { udp: 0, tcp: 0 }

/** What the name server of a sandbox is to know. */
export interface SandboxWish {
  readonly sandboxId: string
  /** Path of the network namespace. */
  readonly key: string
  /** Ids of its networks, in the order in which they are asked. */
  readonly networks: readonly string[]
  readonly upstream: SandboxState['upstream']
  readonly keepsPlainNames: boolean
}

/**
 * Name servers inside of sandboxes, whatever drivers their networks have: sockets of one process for all of them, which
 * goes on while the engine is not running. They listen at ports of their own, so that a container can have a name server
 * itself, and rules in the sandbox lead from port 53 to them.
 */
export class SandboxNames {
  readonly #process: NameProcess
  readonly #log: Logger
  readonly #redirect: typeof redirectPorts
  readonly #turns = new KeyedLock()
  /** Sandboxes that could not be given one. */
  readonly #without = new Set<string>()

  /** `redirect` makes the rules of a sandbox. */
  constructor(options: { folder: string; log: Logger; redirect?: typeof redirectPorts }) {
    const { folder, log } = options
    this.#process = new NameProcess({ folder, log, restarted: () => void this.#serveAgain() })
    this.#log = log
    this.#redirect = options.redirect ?? redirectPorts
  }

  /** Whether a sandbox has one, or is about to get it. */
  serves(sandboxId: string): boolean {
    return !this.#without.has(sandboxId)
  }

  /** Whether a sandbox has been given one. */
  knows(sandboxId: string): boolean {
    return this.#process.read(sandboxFile(sandboxId)) !== undefined
  }

  /** Gives a sandbox its name server, or tells an existing one what has changed. False when that failed, which is logged. */
  async serve(wish: SandboxWish): Promise<boolean> {
    try {
      await this.#turns.run(wish.sandboxId, () => this.#serve(wish))
      this.#without.delete(wish.sandboxId)
      return true
    } catch (error) {
      this.#without.add(wish.sandboxId)
      this.#log.warn('a sandbox has no name server', { sandbox: wish.sandboxId, error: String(error) })
      return false
    }
  }

  /** Ends the name server of a sandbox; its sockets would keep the namespace. */
  async leave(sandboxId: string): Promise<void> {
    this.#without.delete(sandboxId)
    await this.#turns.run(sandboxId, () => this.#process.drop(sandboxFile(sandboxId)))
  }

  /** Replaces what is known of a network. */
  async putZone(zone: ZoneState): Promise<void> {
    await this.#process.put(fileOf(zone.networkId), zone)
  }

  async dropZone(networkId: string): Promise<void> {
    await this.#process.drop(fileOf(networkId))
  }

  /** Forgets sandboxes and networks other than these: leftovers of an engine that died. */
  async sweep(sandboxes: readonly string[], networks: readonly string[]): Promise<void> {
    const known = new Set([...sandboxes.map(sandboxFile), ...networks.map((id) => fileOf(id))])
    for (const file of this.#process.files()) if (!known.has(file)) await this.#process.drop(file)
  }

  /** Has the process run ahead of the first sandbox. */
  expect(): void {
    this.#process.expect()
  }

  /** Sees to it that the process runs when an earlier engine left it sandboxes. */
  resume(): void {
    this.#process.resume()
  }

  async close(end: boolean): Promise<void> {
    await this.#process.close(end)
  }

  async #serve(wish: SandboxWish): Promise<void> {
    const file = sandboxFile(wish.sandboxId)
    const known = this.#process.read(file) as SandboxState | undefined
    const state: SandboxState = {
      sandboxId: wish.sandboxId,
      namespace: wish.key,
      address: resolverAddress,
      ports: known?.ports ?? anyPorts,
      zones: wish.networks.map((id) => fileOf(id)),
      upstream: wish.upstream,
      keepsPlainNames: wish.keepsPlainNames,
    }
    await this.#settle(file, state)
  }

  /** By another process: where somebody has a port by then, it is at another one. */
  async #serveAgain(): Promise<void> {
    for (const file of this.#process.files().filter((name) => name.endsWith(sandboxEnding))) {
      const { sandboxId = '' } = (this.#process.read(file) ?? {}) as Partial<SandboxState>
      try {
        await this.#turns.run(sandboxId, async () => {
          const state = this.#process.read(file) as SandboxState | undefined
          if (state !== undefined) await this.#settle(file, state)
        })
      } catch (error) {
        this.#log.warn('a sandbox has no name server', { sandbox: sandboxId, error: String(error) })
      }
    }
  }

  async #settle(file: string, state: SandboxState): Promise<void> {
    const { ports = anyPorts } = await this.#process.put(file, state)
    if (ports.udp === state.ports.udp && ports.tcp === state.ports.tcp) return
    try {
      this.#redirect(state.namespace, ports)
      this.#process.write(file, { ...state, ports })
    } catch (error) {
      if (!existsSync(state.namespace)) throw error
      await this.#serveDirectly(file, state, error)
    }
  }

  /** Without nftables it has port 53 itself, which a name server of the container's own cannot have then. */
  async #serveDirectly(file: string, state: SandboxState, cause: unknown): Promise<void> {
    this.#log.debug('a sandbox takes no rules', { sandbox: state.sandboxId, error: errnoOf(cause) ?? String(cause) })
    await this.#process.put(file, { ...state, ports: { udp: namePort, tcp: namePort } })
  }
}

function sandboxFile(sandboxId: string): string {
  return `${sandboxId.slice(0, 12)}${sandboxEnding}`
}

/** Leads what is sent to the port of names to the ports of the name server. */
function redirectPorts(key: string, ports: SandboxPorts): void {
  const socket = NetfilterSocket.open(key)
  try {
    socket.redirectOutput(
      table,
      (['udp', 'tcp'] as const).map((protocol) => ({
        protocol,
        address: resolverAddress,
        port: namePort,
        toPort: ports[protocol],
      })),
    )
  } finally {
    socket.close()
  }
}
