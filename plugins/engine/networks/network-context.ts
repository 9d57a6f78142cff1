import type { DriverSet, Logger, networkDriver, networkIpam } from '@moby/contracts'
import type { Clock } from '../clock/clock.ts'
import type { KeyedLock } from '../concurrency/keyed-lock.ts'
import type { ContainerStore } from '../containers/container-store.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { BridgeConfig } from './bridge-config.ts'
import type { ContainerNetworking } from './container-networking.ts'
import type { DriverFacts } from './driver-facts.ts'
import type { NetworkStore } from './network-store.ts'
import type { SandboxLinks } from './sandbox-links.ts'

/** What every verb on networks works with. */
export interface NetworkContext {
  readonly store: NetworkStore
  readonly containers: ContainerStore
  readonly networking: ContainerNetworking
  readonly drivers: DriverSet<typeof networkDriver>
  readonly ipam: DriverSet<typeof networkIpam>
  readonly facts: DriverFacts
  readonly links: SandboxLinks
  readonly locks: KeyedLock
  /** The locks of containers, by id: their endpoints are part of their life. */
  readonly containerLocks: KeyedLock
  readonly events: EventBus
  readonly clock: Clock
  readonly log: Logger
  /** IPAM driver of networks that name none. */
  readonly ipamDriver: string
  readonly bridge: BridgeConfig
}
