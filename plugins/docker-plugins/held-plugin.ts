import {
  hasCode,
  logDriver,
  networkDriver,
  networkIpam,
  storageVolume,
  type ComponentContext,
  type ContractDefinition,
  type Implementation,
} from '@moby/contracts'
import { protocols, type Protocol } from '@moby/lib-docker-plugin-protocol'
import { ipamDriver } from './drivers/ipam.ts'
import { LogPlugin } from './drivers/log.ts'
import { networkDriver as makeNetworkDriver } from './drivers/network.ts'
import type { NetworkRecords } from './drivers/network-records.ts'
import { volumeDriver } from './drivers/volume.ts'
import type { VolumeRecords } from './drivers/volume-records.ts'
import type { LogBook } from './log/log-book.ts'
import type { MountRecords } from './mount-records.ts'
import type { Plugin } from './plugin.ts'

export interface HeldParts {
  readonly plugin: Plugin
  readonly context: Pick<ComponentContext<never>, 'offer' | 'log'>
  readonly mounts: MountRecords
  readonly volumes: VolumeRecords
  readonly networks: NetworkRecords
  readonly book: LogBook
  /** Folder of the FIFOs. */
  readonly fifos: string
}

/** The protocols that become drivers as soon as a plugin speaks them, with their contracts. */
export const offeredContracts = [
  ['volume', storageVolume],
  ['network', networkDriver],
  ['ipam', networkIpam],
  ['log', logDriver],
] as const satisfies readonly (readonly [Protocol, ContractDefinition])[]
type OfferedProtocol = (typeof offeredContracts)[number][0]

/** A plugin with the drivers that it is offered as. */
export class HeldPlugin {
  readonly plugin: Plugin
  readonly logs: LogPlugin
  /** Since when its file is gone, in the time of `performance.now`. */
  goneSince: number | undefined
  /** It has told what it implements, in this life of the engine. */
  wasActive = false
  /** What is wrong with it, in words. */
  trouble: string | undefined
  readonly #parts: HeldParts
  readonly #offers = new Map<OfferedProtocol, (reason: string) => void>()
  readonly #refused = new Set<OfferedProtocol>()

  constructor(parts: HeldParts) {
    this.#parts = parts
    this.plugin = parts.plugin
    const { plugin, book, fifos, context } = parts
    this.logs = new LogPlugin({ plugin, book, folder: fifos, log: context.log })
  }

  get isOffered(): boolean {
    return this.#offers.size > 0
  }

  /** Whether something belongs to it: mounts, networks, logs of containers. */
  get isInUse(): boolean {
    const { mounts, networks, book, plugin } = this.#parts
    return [...mounts.plugins(), ...networks.plugins(), ...book.all().map((each) => each.plugin)].includes(plugin.name)
  }

  /** Offers it as what it says that it is, and as nothing else. */
  offerAs(implemented: ReadonlySet<string>): void {
    for (const [protocol] of offeredContracts) {
      if (implemented.has(protocols[protocol])) this.offer(protocol)
      else this.#withdraw(protocol, `the plugin ${this.plugin.name} does not implement ${protocols[protocol]}`)
    }
  }

  /** Offers one driver; a name that is taken is told once and left to who has it. */
  offer(protocol: OfferedProtocol): void {
    if (this.#offers.has(protocol) || this.#refused.has(protocol)) return
    const { context, plugin } = this.#parts
    try {
      this.#offers.set(protocol, this.#offerNow(protocol))
    } catch (error) {
      if (!hasCode(error, 'DRIVER_NAME_TAKEN')) throw error
      this.#refused.add(protocol)
      context.log.warn('A plugin is no driver, because its name is taken.', {
        plugin: plugin.name,
        error: error.message,
      })
    }
  }

  withdraw(reason: string): void {
    for (const protocol of this.#offers.keys()) this.#withdraw(protocol, reason)
  }

  #withdraw(protocol: OfferedProtocol, reason: string): void {
    this.#offers.get(protocol)?.(reason)
    this.#offers.delete(protocol)
  }

  #offerNow(protocol: OfferedProtocol): (reason: string) => void {
    const { plugin, mounts, volumes, networks, context } = this.#parts
    const offer = <C extends ContractDefinition>(contract: C, driver: Implementation<C>) =>
      context.offer(contract, plugin.name, driver)
    switch (protocol) {
      case 'volume':
        return offer(storageVolume, volumeDriver(plugin, mounts, volumes, context.log))
      case 'network':
        return offer(networkDriver, makeNetworkDriver(plugin, networks, context.log))
      case 'ipam':
        return offer(networkIpam, ipamDriver(plugin, context.log))
      case 'log':
        return offer(logDriver, this.logs.driver)
    }
  }
}
