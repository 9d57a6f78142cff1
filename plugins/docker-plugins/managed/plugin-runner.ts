import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { codedError, isCodedError, type componentLauncher, type Implementation, type Logger } from '@moby/contracts'
import { protocols } from '@moby/lib-docker-plugin-protocol'
import type { Plugin } from '../plugin.ts'
import { launchRequest } from './launch-request.ts'
import { capabilitiesOf, type PluginConfig } from './plugin-config.ts'
import { PluginLife } from './plugin-life.ts'
import type { PluginPlaces } from './plugin-places.ts'
import type { PluginRecord } from './plugin-record.ts'
import { scopeOf, type PluginScope } from './plugin-scope.ts'
import { removePluginFolder, unmountBelow, unmountDead } from './remove-plugin-folder.ts'

/** A managed plugin as the shelf takes it in. */
export interface AdoptedPlugin {
  readonly name: string
  readonly socket: string
  /** What its config says that it implements: managed plugins are not asked. */
  readonly implements: ReadonlySet<string>
  readonly scope: PluginScope
  readonly fifos: string
  /** Milliseconds for each of its calls at most; 0: as configured. */
  readonly longestMs: number
  /** Milliseconds for which the first call waits until it listens. */
  readonly waitMs: number
}

/** Where plugins are offered as drivers. */
export interface PluginHome {
  adopt(facts: AdoptedPlugin): Plugin
  release(name: string, reason: string): Promise<void>
  /** What belongs to a plugin, in words. */
  usersOf(name: string): string[]
  /** Forgets what belongs to it. */
  forget(name: string): void
  /** The socket at which counters are told; it listens when this answers. */
  openMetrics(): Promise<string>
}

export interface RunnerParts {
  readonly launcher: Implementation<typeof componentLauncher> | undefined
  readonly places: PluginPlaces
  readonly home: PluginHome
  readonly log: Logger
}

/** Milliseconds in which a plugin must listen, unless somebody says otherwise. */
const listenMs = 15_000

const protocolNames = new Map<string, string>([
  ['volumedriver', protocols.volume],
  ['networkdriver', protocols.network],
  ['ipamdriver', protocols.ipam],
  ['logdriver', protocols.log],
  ['authz', protocols.authorization],
  ['metricscollector', protocols.metrics],
])

/** The containers of enabled plugins. */
export class PluginRunner {
  readonly #parts: RunnerParts
  readonly #lives = new Map<string, PluginLife>()

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  usersOf(name: string): string[] {
    return this.#parts.home.usersOf(name)
  }

  /**
   * Starts a plugin, and offers it when it listens. On error nothing of it runs. Fails with PLUGIN_LAUNCHER_MISSING,
   * PLUGIN_CONFIG_UNSUPPORTED or PLUGIN_START_FAILED.
   */
  async start(record: PluginRecord): Promise<void> {
    const { home } = this.#parts
    const waitMs = record.timeoutSeconds > 0 ? record.timeoutSeconds * 1000 : listenMs
    const life = this.#lifeOf(record, () => plugin.begin(waitMs))
    const plugin = home.adopt(this.#facts(record, waitMs))
    this.#lives.set(record.id, life)
    try {
      const { ended } = await life.begin()
      const words = ended.then((how) => {
        throw codedError('PLUGIN_START_FAILED', `The plugin ${record.name} could not be started: ${how}`)
      })
      await Promise.race([plugin.activate(), words])
    } catch (error) {
      await this.stop(record, 'it could not be started')
      throw startFailure(record, error)
    }
  }

  /** Offers a plugin that is enabled, and starts it in the background. */
  resume(record: PluginRecord): void {
    const { home, log } = this.#parts
    const plugin = home.adopt(this.#facts(record, listenMs))
    try {
      const life = this.#lifeOf(record, () => plugin.begin(listenMs))
      this.#lives.set(record.id, life)
      life.beginLater()
    } catch (error) {
      log.error('An enabled plugin cannot be started.', { plugin: record.name, error: String(error) })
    }
  }

  /** Ends it if it runs; whoever holds a driver of it is told the reason. */
  async stop(record: Pick<PluginRecord, 'id' | 'name'>, reason: string): Promise<void> {
    const life = this.#lives.get(record.id)
    this.#lives.delete(record.id)
    await this.#parts.home.release(record.name, `the plugin ${record.name} is not there: ${reason}`)
    await life?.stop()
    unmountBelow(this.#parts.places.of(record))
    rmSync(this.#parts.places.run(record), { recursive: true, force: true })
  }

  async stopAll(): Promise<void> {
    const lives = [...this.#lives.values()]
    this.#lives.clear()
    await Promise.all(lives.map((life) => life.stop()))
  }

  /** The folder of a plugin, in which its root is unpacked. */
  async makeFolder(record: Pick<PluginRecord, 'id'>): Promise<void> {
    await mkdir(this.#parts.places.of(record), { recursive: true, mode: 0o711 })
  }

  async removeFolder(record: PluginRecord): Promise<void> {
    this.#parts.home.forget(record.name)
    await removePluginFolder(this.#parts.places.of(record))
  }

  #facts(record: PluginRecord, waitMs: number): AdoptedPlugin {
    const { places } = this.#parts
    return {
      name: record.name,
      socket: places.socket(record),
      implements: implementedBy(record.config),
      scope: scopeOf(record, places),
      fifos: places.fifos(record),
      longestMs: record.timeoutSeconds * 1000,
      waitMs,
    }
  }

  #lifeOf(record: PluginRecord, onStart: () => void): PluginLife {
    const { launcher, log } = this.#parts
    if (launcher === undefined) {
      throw codedError(
        'PLUGIN_LAUNCHER_MISSING',
        `The plugin ${record.name} cannot be started: nothing here starts plugins`,
        {
          hint: 'add a component that provides component.launcher to the assembly: use: moby/launcher-runc',
        },
      )
    }
    return new PluginLife({ plugin: record.name, launcher, log, onStart, prepare: () => this.#prepare(record) })
  }

  async #prepare(record: PluginRecord) {
    const { places, home } = this.#parts
    const isMetrics = capabilitiesOf(record.config).includes('metricscollector')
    const request = launchRequest(record, places, isMetrics ? await home.openMetrics() : '')
    for (const folder of [places.sockets(record), places.fifos(record)]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
    }
    const propagated = places.propagated(record)
    if (record.config.PropagatedMount !== '' && !existsSync(propagated)) mkdirSync(propagated, { mode: 0o755 })
    unmountDead(propagated)
    // That of a life before this one: nobody listens there.
    rmSync(places.socket(record), { force: true })
    return request
  }
}

function implementedBy(config: PluginConfig): Set<string> {
  return new Set(capabilitiesOf(config).flatMap((capability) => protocolNames.get(capability) ?? []))
}

function startFailure({ name }: PluginRecord, cause: unknown) {
  if (!isCodedError(cause) || cause.code.startsWith('PLUGIN_START') || cause.code === 'PLUGIN_CONFIG_UNSUPPORTED') {
    return cause
  }
  return codedError('PLUGIN_START_FAILED', `The plugin ${name} could not be started: ${cause.message}`, {
    hint: cause.hint,
    details: { plugin: name },
    cause,
  })
}
