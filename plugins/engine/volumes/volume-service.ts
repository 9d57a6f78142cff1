import { randomBytes } from 'node:crypto'
import {
  codedError,
  engineVolumes,
  hasCode,
  implement,
  type DriverSet,
  type DriverUse,
  type Implementation,
  type Logger,
  type RequestOf,
  type storageVolume,
} from '@moby/contracts'
import type { Clock } from '../clock/clock.ts'
import { KeyedLock } from '../concurrency/keyed-lock.ts'
import type { VolumeSource, VolumeUse, VolumeWish } from '../containers/ports.ts'
import { driverName } from '../drivers/driver-name.ts'
import { unknownDriver } from '../drivers/unknown-driver.ts'
import { withPrefix } from '../errors/with-prefix.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Table } from '../store/table.ts'
import type { ContainerUsage } from '../usage.ts'
import { hasLabel, matchesVolume } from './volume-filter.ts'
import { checkMountPoint } from './check-mount-point.ts'
import { unknownVolume, VolumeCatalog, type NamedVolumes } from './volume-catalog.ts'
import type { VolumeRecord } from './volume-record.ts'

type PruneRequest = RequestOf<typeof engineVolumes, 'prune'>

/** By which clients of Docker know a volume that nobody named. */
const anonymousLabel = 'com.docker.volume.anonymous'

/**
 * The volumes of all drivers. Which container uses one is asked of the containers and never counted;
 * volumes that only their driver knows are shown and can be used like others.
 */
export class VolumeService implements VolumeSource {
  readonly api: Implementation<typeof engineVolumes> = implement(engineVolumes, {
    create: async ({ name, driver, options, labels }) => {
      const record = await this.#obtain({ name, driver, options, labels })
      return this.#catalog.inspect(record.id)
    },
    inspect: ({ name }) => this.#catalog.inspect(name),
    list: async ({ filter = {}, size = false }) => {
      const { volumes, warnings } = await this.#catalog.all()
      const wanted = volumes.filter((volume) => matchesVolume(volume, filter))
      if (size) await Promise.all(wanted.map(async (volume) => Object.assign(volume, await this.#catalog.size(volume))))
      return { volumes: wanted, warnings }
    },
    remove: async ({ name, force = false }) => {
      await this.#locks.run(name, () => this.#remove(name, { force }))
      return {}
    },
    prune: (request) => this.#prune(request),
  })

  readonly #table: Table<VolumeRecord>
  readonly #catalog: VolumeCatalog
  readonly #drivers: DriverSet<typeof storageVolume>
  readonly #defaultDriver: string
  readonly #usage: ContainerUsage
  readonly #events: EventBus
  readonly #clock: Clock
  readonly #log: Logger
  readonly #isDisabledPlugin: (name: string) => Promise<boolean>
  readonly #locks = new KeyedLock()
  /** Containers that are being made, by the volumes that they will use. */
  readonly #acquired = new Map<string, Set<string>>()

  constructor(parts: {
    table: Table<VolumeRecord>
    drivers: DriverSet<typeof storageVolume>
    driversAway: () => readonly string[]
    defaultDriver: string
    usage: ContainerUsage
    events: EventBus
    clock: Clock
    log: Logger
    /** Whether a managed plugin of that name is there and not enabled. */
    isDisabledPlugin?: (name: string) => Promise<boolean>
  }) {
    this.#catalog = new VolumeCatalog(parts)
    this.#table = parts.table
    this.#drivers = parts.drivers
    this.#defaultDriver = parts.defaultDriver
    this.#usage = parts.usage
    this.#events = parts.events
    this.#clock = parts.clock
    this.#log = parts.log
    this.#isDisabledPlugin = parts.isDisabledPlugin ?? (async () => false)
  }

  /** Undoes creations and finishes removals that the last engine did not get through. */
  async reconcile(): Promise<void> {
    for (const record of this.#table.values()) {
      if (record.work === undefined) continue
      await this.#locks
        .run(record.id, () => this.#finishRemoval(record))
        .catch((error: unknown) => {
          this.#log.warn('A volume waits for its removal.', { volume: record.id, error: String(error) })
        })
    }
  }

  async acquire(wish: VolumeWish, userId: string): Promise<{ name: string; driver: string }> {
    const record = await this.#obtain(wish, (name) => this.#hold(name, userId))
    return { name: record.id, driver: record.driver }
  }

  settle(userId: string): void {
    for (const [name, holders] of this.#acquired) {
      holders.delete(userId)
      if (holders.size === 0) this.#acquired.delete(name)
    }
  }

  async mount(name: string, userId: string, use?: VolumeUse): Promise<string> {
    const driver = this.#catalog.driverOf(await this.#catalog.find(name), name)
    const mountpoint = await this.#mountAt(driver, name, userId)
    this.#events.publish('volume', 'mount', name, {
      driver: driver.name,
      container: userId,
      ...(use === undefined
        ? {}
        : { destination: use.destination, propagation: '', 'read/write': String(use.writable) }),
    })
    return mountpoint
  }

  /** What a driver mounted somewhere else than it can be is undone. Fails with DRIVER_LIED. */
  async #mountAt(driver: NamedVolumes, name: string, userId: string): Promise<string> {
    const { mountpoint } = await driver.handle.mount({ name, id: userId })
    try {
      return checkMountPoint(mountpoint, driver.name, name)
    } catch (lie) {
      await driver.handle.unmount({ name, id: userId }).catch((error: unknown) => {
        this.#log.warn('A mount was not undone.', { volume: name, driver: driver.name, error: String(error) })
      })
      throw lie
    }
  }

  /** What is not there any more is not mounted either. */
  async unmount(name: string, userId: string): Promise<void> {
    const record = this.#table.get(name)
    if (record === undefined) return
    const driver = this.#catalog.driverOf(record, name)
    try {
      await driver.handle.unmount({ name, id: userId })
    } catch (error) {
      if (hasCode(error, 'VOLUME_NOT_FOUND')) return
      throw error
    }
    this.#events.publish('volume', 'unmount', name, { driver: driver.name, container: userId })
  }

  async releaseAnonymous(names: readonly string[], userId: string): Promise<void> {
    for (const name of names) {
      await this.#locks.run(name, async () => {
        if (this.#table.get(name)?.anonymous !== true) return
        if (this.#users(name).every((user) => user === userId))
          await this.#remove(name, { force: true, except: userId })
      })
    }
  }

  async #obtain(wish: VolumeWish, hold: (name: string) => void = () => undefined): Promise<VolumeRecord> {
    const anonymous = wish.anonymous === true || wish.name === undefined || wish.name === ''
    const name = wish.name === undefined || wish.name === '' ? randomBytes(32).toString('hex') : wish.name
    return this.#locks.run(name, async () => {
      hold(name)
      const known = wish.name === undefined || wish.name === '' ? undefined : await this.#catalog.find(name)
      if (known !== undefined) return this.#reuse(known, wish)
      return this.#create({
        id: name,
        driver: driverName(this.#drivers, wish.driver || this.#defaultDriver),
        options: wish.options ?? {},
        labels: { ...wish.labels, ...(anonymous ? { [anonymousLabel]: '' } : {}) },
        anonymous,
        createdAt: this.#clock.now(),
      })
    })
  }

  /** Fails with PLUGIN_DISABLED, in Docker's words, where a plugin has the name and is not enabled. */
  async #driverFor({ id, driver }: VolumeRecord, use: DriverUse): Promise<Implementation<typeof storageVolume>> {
    if (!this.#drivers.has(driver) && (await this.#isDisabledPlugin(driver))) {
      throw codedError(
        'PLUGIN_DISABLED',
        `create ${id}: error looking up volume plugin ${driver}: plugin ${driver} found but disabled`,
        { hint: `docker plugin enable ${driver}`, details: { plugin: driver } },
      )
    }
    try {
      return this.#drivers.get(driver, use)
    } catch (error) {
      throw withPrefix(notThere(error, driver), `create ${id}`)
    }
  }

  /** Makes sure that it is still there, and that it is what is wanted. */
  async #reuse(record: VolumeRecord, { driver: wanted }: VolumeWish): Promise<VolumeRecord> {
    if (wanted && wanted !== record.driver && driverName(this.#drivers, wanted) !== record.driver) {
      throw codedError(
        'VOLUME_OPTIONS_CONFLICT',
        `create ${record.id}: a volume of that name exists with the driver ${record.driver}`,
        { hint: 'Take another name, or remove the volume first.' },
      )
    }
    const driver = this.#catalog.driverOf(record, record.id)
    try {
      await driver.handle.get({ name: record.id })
    } catch (error) {
      if (!hasCode(error, 'VOLUME_NOT_FOUND')) throw error
      return this.#create(record, 'object')
    }
    if (!this.#table.has(record.id)) await this.#table.put(record, 'power-loss')
    return record
  }

  async #create(record: VolumeRecord, use: DriverUse = 'new'): Promise<VolumeRecord> {
    const driver = await this.#driverFor(record, use)
    await this.#table.put({ ...record, work: 'creating' }, 'process')
    try {
      await driver.create({ name: record.id, options: { ...record.options } })
      await driver.get({ name: record.id }).catch((error: unknown) => {
        throw hasCode(error, 'VOLUME_NOT_FOUND') ? forgetful(record) : error
      })
    } catch (error) {
      await this.#table.delete(record.id, 'process')
      throw withPrefix(notThere(error, record.driver), `create ${record.id}`)
    }
    await this.#table.put(record, 'power-loss')
    this.#events.publish('volume', 'create', record.id, { driver: record.driver })
    return record
  }

  async #remove(name: string, options: { force?: boolean; except?: string }): Promise<void> {
    const { force = false, except } = options
    const record = await this.#catalog.find(name)
    if (record === undefined) {
      if (force) return
      throw unknownVolume(name)
    }
    const users = this.#users(name).filter((user) => user !== except)
    if (users.length > 0) {
      throw codedError('VOLUME_IN_USE', `remove ${name}: volume is in use - [${users.join(', ')}]`, {
        hint: 'Remove these containers first.',
        details: { volume: name, containers: users },
      })
    }
    if (!this.#drivers.has(record.driver) && force) {
      await this.#table.delete(name, 'power-loss')
      return
    }
    this.#catalog.driverOf(record, name)
    await this.#table.put({ ...record, work: 'removing' }, 'process')
    try {
      await this.#finishRemoval(record)
    } catch (error) {
      await this.#table.put(record, 'process')
      throw error
    }
    this.#events.publish('volume', 'destroy', name, { driver: record.driver })
  }

  async #finishRemoval(record: VolumeRecord): Promise<void> {
    const driver = this.#catalog.driverOf(record, record.id)
    try {
      await driver.handle.remove({ name: record.id })
    } catch (error) {
      if (!hasCode(error, 'VOLUME_NOT_FOUND')) throw error
    }
    await this.#table.delete(record.id, 'power-loss')
  }

  async #prune({ all = false, labels = [], notLabels = [] }: PruneRequest) {
    const removed: string[] = []
    let spaceReclaimed = 0n
    for (const volume of (await this.#catalog.all()).volumes) {
      const wanted =
        (all || volume.anonymous) &&
        volume.waitingFor === undefined &&
        labels.every((label) => hasLabel(volume.labels, label)) &&
        !notLabels.some((label) => hasLabel(volume.labels, label))
      if (!wanted || this.#users(volume.name).length > 0) continue
      const { size = '0' } = await this.#catalog.size(volume)
      try {
        await this.#locks.run(volume.name, () => this.#remove(volume.name, {}))
      } catch (error) {
        this.#log.warn('A volume could not be pruned.', { volume: volume.name, error: String(error) })
        continue
      }
      removed.push(volume.name)
      spaceReclaimed += BigInt(size)
    }
    this.#events.publish('volume', 'prune', '', { reclaimed: String(spaceReclaimed) })
    return { removed, spaceReclaimed: String(spaceReclaimed) }
  }

  #hold(name: string, userId: string): void {
    const holders = this.#acquired.get(name) ?? new Set<string>()
    this.#acquired.set(name, holders.add(userId))
  }

  /** Ids of containers that have it, or are being made with it. */
  #users(name: string): string[] {
    const users = this.#usage.ofVolume(name).map((user) => user.id)
    return [...new Set([...users, ...(this.#acquired.get(name) ?? [])])]
  }
}

function notThere(error: unknown, driver: string): unknown {
  const plugin = JSON.stringify(driver)
  return unknownDriver(error, driver, `error looking up volume plugin ${driver}: plugin ${plugin} not found`)
}

function forgetful({ id, driver }: VolumeRecord): Error {
  return codedError('DRIVER_LIED', `the volume driver ${driver} says that it made the volume, and that there is none`, {
    hint: 'see the log of the driver',
    details: { driver, volume: id },
  })
}
