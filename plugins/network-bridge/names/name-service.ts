import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codedError, type Logger, type RequestOf, type networkDriver } from '@moby/contracts'
import { hostAddressesOf } from '../bridge-link.ts'
import { familyOf, type PortRule } from '../firewall/rules.ts'
import type { Host } from '../host.ts'
import type { NetworkRecord } from '../records.ts'
import { controlSocket, type ControlAnswer } from './control.ts'
import { NameClient } from './name-client.ts'
import { relayEnding, type RelayPlace } from './port-relays.ts'
import { nodeOptions, sources } from './program.ts'
import type { ZoneState } from './zone.ts'

type PublishRequest = RequestOf<typeof networkDriver, 'publishNames'>

const launcher = fileURLToPath(new URL('launcher.ts', import.meta.url))
const startTimeout = 10_000
const restartDelay = 1_000

/** Starts the name server process, tells it names and ports to carry, and starts it again when it dies. */
export class NameService {
  readonly #folder: string
  readonly #host: Host
  readonly #log: Logger
  readonly #descriptor: number
  #client: Promise<NameClient> | undefined
  #restart: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: { folder: string; host: Host; log: Logger }) {
    this.#folder = join(options.folder, 'names')
    this.#host = options.host
    this.#log = options.log
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    this.#descriptor = openSync(this.#folder, 'r')
  }

  /**
   * Replaces the names of a network; when it answers, they answer. The rules that it returns redirect to the name
   * server where it could not have port 53.
   */
  async publish(
    network: NetworkRecord,
    names: PublishRequest['names'],
    upstream: PublishRequest['upstream'],
  ): Promise<PortRule[]> {
    const file = fileOf(network.networkId)
    this.#write(file, network, names, upstream)
    const { places = [] } = await this.#load(file)
    return places.filter((place) => place.port !== 53).flatMap(redirectsTo)
  }

  /** Starts the process ahead of the first names of a new network, because that takes it a moment. */
  expect(network: NetworkRecord): void {
    const file = fileOf(network.networkId)
    if (!this.#files().includes(file)) this.#write(file, network, [], [])
    this.resume()
  }

  /**
   * Has ports of the host carried to an endpoint. When it answers they are held, and open. Fails with HOST_SYSTEM_CALL,
   * details `{errno}` where a port could not be had.
   */
  async relay(endpoint: string, places: readonly RelayPlace[]): Promise<void> {
    const file = fileOf(endpoint, relayEnding)
    this.#replace(file, places)
    try {
      await this.#load(file)
    } catch (error) {
      await this.unrelay(endpoint)
      throw error
    }
  }

  /** Ends what is carried to an endpoint, with all connections. */
  async unrelay(endpoint: string): Promise<void> {
    await this.#unrelay(fileOf(endpoint, relayEnding))
  }

  /** Ends what is carried to endpoints other than these. */
  async relayOnly(endpoints: readonly string[]): Promise<void> {
    const known = new Set(endpoints.map((endpoint) => fileOf(endpoint, relayEnding)))
    const unknown = this.#files().filter((file) => file.endsWith(relayEnding) && !known.has(file))
    for (const file of unknown) await this.#unrelay(file)
  }

  async #unrelay(file: string): Promise<void> {
    if (!this.#files().includes(file)) return
    rmSync(join(this.#folder, file), { force: true })
    const client = await this.#running()
    await client?.ask({ method: 'unload', file }).catch((error: unknown) => {
      if (client.isOpen) throw error
    })
    if (this.#client === undefined) client?.close()
  }

  /** Ends the names of a network; with the last one the process ends too. */
  async forget(networkId: string): Promise<void> {
    const file = fileOf(networkId)
    if (!this.#files().includes(file)) return
    rmSync(join(this.#folder, file), { force: true })
    const last = this.#files().length === 0
    const client = await this.#running()
    if (client === undefined) return
    if (last) {
      this.#client = undefined
      await client.end()
    } else {
      // A process that ends meanwhile, because the last network goes beside this one, has no names of it either.
      await client.ask({ method: 'unload', file }).catch((error: unknown) => {
        if (client.isOpen) throw error
      })
      if (this.#client === undefined) client.close()
    }
  }

  /** Sees to it that the process runs when an earlier engine left it networks. */
  resume(): void {
    if (this.#closed || this.#files().length === 0) return
    this.#connected().catch((error: unknown) => this.#log.warn('names are not answered', { error: String(error) }))
  }

  /** Lets go of the process, or ends it. */
  async close(end: boolean): Promise<void> {
    this.#closed = true
    clearTimeout(this.#restart)
    const client = await this.#running()
    if (end) await client?.end()
    client?.close()
    closeSync(this.#descriptor)
    if (end) rmSync(this.#folder, { recursive: true, force: true })
  }

  /** A process that ends meanwhile, because its last network went, is followed by another. */
  async #load(file: string): Promise<ControlAnswer> {
    const client = await this.#connected()
    try {
      return await client.ask({ method: 'load', file })
    } catch (error) {
      if (client.isOpen || this.#closed) throw error
      if ((await this.#client?.catch(() => undefined)) === client) this.#client = undefined
      return await (await this.#connected()).ask({ method: 'load', file })
    }
  }

  /** The connection, if there is one or a process to connect to. */
  async #running(): Promise<NameClient | undefined> {
    return (await this.#client?.catch(() => undefined)) ?? NameClient.open(this.#socketPath())
  }

  #connected(): Promise<NameClient> {
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = undefined
      throw error
    })
    return this.#client
  }

  async #connect(): Promise<NameClient> {
    const version = codeVersion()
    const found = await NameClient.open(this.#socketPath())
    if (found !== undefined) {
      const answer = await found.ask({ method: 'hello' }).catch(() => undefined)
      if (answer?.version === version) return this.#watch(found)
      await found.end()
    }
    rmSync(join(this.#folder, controlSocket), { force: true })
    await this.#start(version)
    const client = await NameClient.open(this.#socketPath())
    if (client === undefined) throw codedError('HOST_SYSTEM_CALL', 'The name server of the networks ended at once')
    return this.#watch(client)
  }

  async #start(version: string): Promise<void> {
    const log = openSync(join(this.#folder, 'log'), 'w', 0o600)
    const child = this.#host.run(() =>
      spawn(process.execPath, [...nodeOptions, launcher, this.#folder, version], {
        cwd: '/',
        detached: true,
        env: {},
        stdio: ['ignore', 'pipe', log],
      }),
    )
    closeSync(log)
    try {
      await Promise.race([readiness(child), failure(child)])
    } catch (error) {
      child.kill('SIGKILL')
      const written = readFileSync(join(this.#folder, 'log'), 'utf8').trim()
      throw codedError(
        'HOST_SYSTEM_CALL',
        `The name server of the networks did not start: ${String(error)} ${written}`,
        {
          cause: error,
        },
      )
    } finally {
      child.stdout?.destroy()
      child.unref()
    }
  }

  #watch(client: NameClient): NameClient {
    void this.#restartAfter(client)
    return client
  }

  async #restartAfter(client: NameClient): Promise<void> {
    await client.ended
    // Ended on purpose: it has been forgotten before, and another may have been started.
    if (this.#closed || (await this.#client?.catch(() => undefined)) !== client) return
    this.#client = undefined
    if (this.#files().length === 0) return
    this.#log.warn('the name server ended and is started again')
    this.#restart = setTimeout(() => this.resume(), restartDelay)
    this.#restart.unref()
  }

  /** By way of the open folder, because the path of a Unix socket may have no more than 107 bytes. */
  #socketPath(): string {
    return `/proc/self/fd/${this.#descriptor}/${controlSocket}`
  }

  #write(
    file: string,
    network: NetworkRecord,
    names: PublishRequest['names'],
    upstream: PublishRequest['upstream'],
  ): void {
    const { v4, v6 } = hostAddressesOf(network)
    const state: ZoneState = {
      networkId: network.networkId,
      listen: [v4, v6].filter((address) => address !== undefined),
      subnets: [...network.ipv4, ...network.ipv6].map((pool) => pool.pool),
      names: [...gatherNames(names.filter(({ askers }) => askers === undefined))],
      links: names.flatMap(({ names: own, addresses, askers }) =>
        askers === undefined ? [] : own.map((name) => ({ name: plainName(name), addresses, askers })),
      ),
      upstream,
    }
    this.#replace(file, state)
  }

  #replace(file: string, value: unknown): void {
    writeFileSync(join(this.#folder, `${file}.new`), JSON.stringify(value), { mode: 0o600 })
    renameSync(join(this.#folder, `${file}.new`), join(this.#folder, file))
  }

  /** All that the process has to serve. */
  #files(): string[] {
    return readdirSync(this.#folder).filter((name) => name.endsWith('.json') || name.endsWith(relayEnding))
  }
}

/** Settles when the process has said that it serves. */
async function readiness(child: ChildProcess): Promise<void> {
  if (child.stdout !== null) await once(child.stdout, 'data', { signal: AbortSignal.timeout(startTimeout) })
}

async function failure(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null]
  throw new Error(`it ended with status ${code}.`)
}

function gatherNames(entries: PublishRequest['names']): Map<string, string[]> {
  const gathered = new Map<string, string[]>()
  for (const { names, addresses } of entries) {
    for (const name of new Set(names.map(plainName))) {
      gathered.set(name, [...(gathered.get(name) ?? []), ...addresses.map((address) => address.split('/')[0] ?? '')])
    }
  }
  return gathered
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

function redirectsTo({ address, port }: { address: string; port: number }): PortRule[] {
  return (['udp', 'tcp'] as const).map((protocol) => ({
    family: familyOf(address),
    protocol,
    hostIp: address,
    hostPort: 53,
    address,
    port,
  }))
}

function fileOf(id: string, ending = '.json'): string {
  return `${createHash('sha256').update(id).digest('hex').slice(0, 32)}${ending}`
}

function codeVersion(): string {
  const hash = createHash('sha256')
  for (const source of sources) hash.update(readFileSync(new URL(`${source}.ts`, import.meta.url)))
  return hash.digest('hex').slice(0, 16)
}
