import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { authAuthorize, isCodedError, type CodedError, type ComponentContext } from '@moby/contracts'
import {
  findPlugin,
  logAnswers,
  protocols,
  scanPlugins,
  volumeAnswers,
  type FoundPlugin,
} from '@moby/lib-docker-plugin-protocol'
import { authorizationDriver } from './drivers/authorization.ts'
import { NetworkRecords } from './drivers/network-records.ts'
import { VolumeRecords } from './drivers/volume-records.ts'
import { HeldPlugin, offeredContracts } from './held-plugin.ts'
import { LogBook } from './log/log-book.ts'
import type { AdoptedPlugin, PluginHome } from './managed/plugin-runner.ts'
import { Counters } from './metrics/counters.ts'
import { MetricsSocket } from './metrics/metrics-socket.ts'
import { MountRecords } from './mount-records.ts'
import { Plugin, type PluginOptions } from './plugin.ts'
import { watchFolders } from './watch-folders.ts'

export interface ShelfConfig {
  readonly pluginDirs: readonly string[]
  readonly authorizationPlugins: readonly string[]
  readonly waitMs: number
  readonly forgetMs: number
  readonly deadlines: Readonly<Record<string, number>>
}

/** Milliseconds for which calls wait until a plugin that started again was told what is in use. */
const mountAgainMs = 5_000

type Context = Pick<ComponentContext<ShelfConfig>, 'config' | 'folders' | 'log' | 'offer' | 'degraded'>

/**
 * The plugins of the folders, and those that the engine runs itself. What is found is asked in the background what it is and offered as that; a name that
 * somebody uses before is looked up at once. A plugin whose file is gone is taken back after a while, unless something
 * uses it: then it is away until it is there again.
 */
export class PluginShelf implements PluginHome {
  readonly #context: Context
  readonly #held = new Map<string, HeldPlugin>()
  readonly #told = new Set<string>()
  readonly #mounts: MountRecords
  readonly #volumes: VolumeRecords
  readonly #networks: NetworkRecords
  readonly #book: LogBook
  readonly #counters = new Counters()
  readonly #metrics: MetricsSocket
  #watch: { close(): void } | undefined

  constructor(context: Context) {
    const { folders, log } = context
    this.#context = context
    this.#mounts = MountRecords.open(join(folders.run, 'mounts.json'), log)
    this.#volumes = VolumeRecords.open(join(folders.data, 'volumes.json'))
    this.#networks = NetworkRecords.open(join(folders.data, 'networks.json'))
    this.#book = new LogBook(join(folders.data, 'logs'), log)
    this.#metrics = new MetricsSocket(join(folders.run, 'metrics.sock'), () => this.#counters.text())
  }

  /** Offers what is there and what is in use; nothing is waited for. */
  open(): void {
    const { config, offer } = this.#context
    for (const name of config.authorizationPlugins) {
      offer(
        authAuthorize,
        name,
        authorizationDriver(name, () => this.#holdOf(name).plugin),
      )
      this.#holdOf(name).plugin.begin()
    }
    for (const name of this.#mounts.plugins()) this.#holdOf(name).offer('volume')
    for (const name of this.#networks.plugins()) this.#holdOf(name).offer('network')
    for (const { plugin } of this.#book.all()) this.#holdOf(plugin).offer('log')
    this.#rescan()
    this.#watch = watchFolders(config.pluginDirs, () => this.#rescan())
  }

  /** A driver of that name is wanted: it is offered when there is a plugin, whatever that will say of itself. */
  discover(contract: string, name: string): void {
    const wanted = offeredContracts.find(([, { id }]) => id === contract)?.[0]
    if (wanted === undefined || this.#held.get(name)?.plugin.isManaged === true) return
    const found = this.#find(name)
    if (found === undefined) return
    const held = this.#holdOf(name, found)
    const known = held.plugin.implements
    if (known !== undefined && !known.has(protocols[wanted])) return
    held.offer(wanted)
    held.plugin.begin()
  }

  async close(): Promise<void> {
    this.#watch?.close()
    await Promise.all([...this.#held.values()].map((held) => this.#end(held)))
    await this.#metrics.close()
  }

  adopt(facts: AdoptedPlugin): Plugin {
    // One that was known by what belongs to it alone.
    const before = this.#held.get(facts.name)
    before?.withdraw(`the plugin ${facts.name} is being started`)
    before?.plugin.close()
    const { name, socket, fifos, waitMs, ...managed } = facts
    const found = { name, file: socket, address: { kind: 'unix' as const, path: socket }, mark: '' }
    const held = this.#hold({ found, fifos, waitMs, managed })
    held.offerAs(managed.implements)
    return held.plugin
  }

  async release(name: string, reason: string): Promise<void> {
    const held = this.#held.get(name)
    if (held?.plugin.isManaged !== true) return
    this.#held.delete(name)
    await this.#end(held)
    held.withdraw(reason)
    this.#counters.state(name, undefined)
    this.#tellDegraded()
  }

  usersOf(name: string): string[] {
    const logs = this.#book.all().filter(({ plugin }) => plugin === name)
    return [
      ...new Set(
        [...this.#volumes.of(name), ...this.#mounts.of(name).map(([volume]) => volume)].map(
          (volume) => `volume ${volume}`,
        ),
      ),
      ...this.#networks.of(name).map((network) => `network ${network}`),
      ...logs.map(({ info }) => `log of ${info.containerName}`),
    ]
  }

  forget(name: string): void {
    this.#volumes.forget(name)
    this.#mounts.forget(name)
    this.#networks.forget(name)
    for (const { log, plugin } of this.#book.all()) if (plugin === name) this.#book.remove(log)
  }

  async openMetrics(): Promise<string> {
    await this.#metrics.open()
    return this.#metrics.path
  }

  /** Tells a plugin that nothing more will come. */
  async #end({ plugin, logs }: HeldPlugin): Promise<void> {
    await logs.closeAll()
    if (plugin.implements?.has(protocols.metrics) === true) {
      await plugin.call('metrics', 'MetricsCollector.StopMetrics', logAnswers.Nothing).catch(() => undefined)
    }
    plugin.close()
  }

  #find(name: string): FoundPlugin | undefined {
    try {
      return findPlugin(this.#context.config.pluginDirs, name)
    } catch (error) {
      if (!isCodedError(error)) throw error
      this.#tellOnce(error)
      return undefined
    }
  }

  #rescan(): void {
    const { found, problems } = scanPlugins(this.#context.config.pluginDirs)
    for (const problem of problems) this.#tellOnce(problem)
    for (const each of found) this.#holdOf(each.name, each).plugin.begin()
    const present = new Set(found.map(({ name }) => name))
    for (const [name, held] of this.#held) {
      if (present.has(name)) held.goneSince = undefined
      else this.#missed(name, held)
    }
  }

  #missed(name: string, held: HeldPlugin): void {
    const { forgetMs, authorizationPlugins } = this.#context.config
    if (held.plugin.isManaged) return
    held.goneSince ??= performance.now()
    if (held.isInUse || authorizationPlugins.includes(name)) return
    const left = held.goneSince + forgetMs - performance.now()
    if (left > 0) {
      setTimeout(() => this.#watch !== undefined && this.#rescan(), left + 1).unref()
      return
    }
    held.withdraw(`the plugin is gone: ${held.plugin.file} is not there any more`)
    held.plugin.close()
    this.#held.delete(name)
    this.#counters.state(name, undefined)
    this.#tellDegraded()
    this.#context.log.info('A plugin is gone.', { plugin: name, file: held.plugin.file })
  }

  /** The plugin of that name, made when it is not held; one whose file is not there is away until it is found. */
  #holdOf(name: string, found = this.#find(name)): HeldPlugin {
    const known = this.#held.get(name)
    if (known !== undefined) {
      if (found !== undefined && !known.plugin.isManaged) known.plugin.found(found)
      return known
    }
    const { config, folders } = this.#context
    const file = join(config.pluginDirs[0] ?? folders.run, `${name}.sock`)
    return this.#hold({
      found: found ?? { name, file, address: { kind: 'unix', path: file }, mark: '' },
      fifos: join(folders.run, 'logging'),
      waitMs: config.waitMs,
    })
  }

  #hold(facts: Pick<PluginOptions, 'found' | 'waitMs' | 'managed'> & { readonly fifos: string }): HeldPlugin {
    const { config, log, offer } = this.#context
    const { fifos, ...options } = facts
    const plugin = new Plugin({
      ...options,
      deadlines: config.deadlines,
      onActive: (active, restarted) => this.#onActive(active, restarted),
      onTrouble: (troubled, trouble) => this.#onTrouble(troubled, trouble),
      onCall: ({ name: called }, method, outcome) => this.#counters.count(called, method, outcome),
    })
    const held = new HeldPlugin({
      plugin,
      context: { offer, log },
      mounts: this.#mounts,
      volumes: this.#volumes,
      networks: this.#networks,
      book: this.#book,
      fifos,
    })
    this.#held.set(plugin.name, held)
    return held
  }

  async #onActive(plugin: Plugin, restarted: boolean): Promise<void> {
    const held = this.#held.get(plugin.name)
    if (held?.plugin !== plugin) return
    const implemented = plugin.implements ?? new Set<string>()
    this.#context.log.info(restarted ? 'A plugin was started again.' : 'A plugin is there.', {
      plugin: plugin.name,
      file: plugin.file,
      implements: [...implemented],
    })
    held.offerAs(implemented)
    if (restarted) void held.logs.restart()
    if (implemented.has(protocols.metrics)) void this.#startMetrics(plugin)
    const isNewLife = restarted || !held.wasActive
    held.wasActive = true
    // It ended with the engine or by itself, and counts from nothing. Other plugins outlive the engine.
    if (plugin.isManaged && isNewLife && implemented.has(protocols.volume)) {
      await Promise.race([this.#mountAgain(plugin), sleep(mountAgainMs, undefined, { ref: false })])
    }
  }

  /** Tells a new life of a plugin which volumes are in use. One that it cannot mount is not unmounted later either. */
  async #mountAgain(plugin: Plugin): Promise<void> {
    for (const [volume, id] of this.#mounts.of(plugin.name)) {
      try {
        await plugin.call('volume', 'VolumeDriver.Mount', volumeAnswers.Mountpoint, { Name: volume, ID: id })
      } catch (error) {
        this.#mounts.delete(plugin.name, volume, id)
        this.#context.log.warn('A volume that is in use could not be mounted again.', {
          plugin: plugin.name,
          volume,
          error: String(error),
        })
      }
    }
  }

  async #startMetrics(plugin: Plugin): Promise<void> {
    try {
      await this.#metrics.open()
      await plugin.call('metrics', 'MetricsCollector.StartMetrics', logAnswers.Nothing)
    } catch (error) {
      this.#context.log.warn('A metrics plugin was not started.', { plugin: plugin.name, error: String(error) })
    }
  }

  #onTrouble(plugin: Plugin, trouble: CodedError | undefined): void {
    const held = this.#held.get(plugin.name)
    if (held?.plugin !== plugin) return
    this.#counters.state(plugin.name, trouble === undefined)
    if (trouble?.message === held.trouble) return
    if (trouble !== undefined && held.trouble === undefined) {
      this.#context.log.warn('A plugin cannot be used.', {
        plugin: plugin.name,
        error: trouble.message,
        code: trouble.code,
      })
    }
    held.trouble = trouble?.message
    // One that never said what it is and that nothing uses is no driver: it must not stand in lists.
    if (trouble !== undefined && plugin.implements === undefined && !held.isInUse) held.withdraw(trouble.message)
    this.#tellDegraded()
  }

  #tellDegraded(): void {
    const { authorizationPlugins } = this.#context.config
    const reasons = [...this.#held.values()]
      .filter((held) => held.isOffered || authorizationPlugins.includes(held.plugin.name))
      .flatMap(({ trouble }) => trouble ?? [])
    this.#context.degraded(reasons.length === 0 ? undefined : reasons.join('; '))
  }

  #tellOnce({ code, message, hint }: CodedError): void {
    if (this.#told.has(message)) return
    this.#told.add(message)
    this.#context.log.warn('A plugin file cannot be used.', { code, reason: message, hint })
  }
}
