import {
  codedError,
  hasCode,
  type DriverSet,
  type EngineVolume,
  type Implementation,
  type Logger,
  type storageVolume,
  type Volume,
} from '@moby/contracts'
import type { Table } from '../store/table.ts'
import type { ContainerUsage } from '../usage.ts'
import type { VolumeRecord } from './volume-record.ts'

/** What there is: the records of the engine and the volumes of all drivers, seen as one. */
export class VolumeCatalog {
  readonly #table: Table<VolumeRecord>
  readonly #drivers: DriverSet<typeof storageVolume>
  readonly #usage: ContainerUsage
  readonly #log: Logger

  constructor(parts: {
    table: Table<VolumeRecord>
    drivers: DriverSet<typeof storageVolume>
    usage: ContainerUsage
    log: Logger
  }) {
    this.#table = parts.table
    this.#drivers = parts.drivers
    this.#usage = parts.usage
    this.#log = parts.log
  }

  /** Fails with VOLUME_NOT_FOUND. */
  async inspect(name: string): Promise<EngineVolume> {
    const record = await this.find(name)
    if (record === undefined) throw unknownVolume(name)
    const stored = await this.#stored(record)
    if (stored === undefined && this.#drivers.has(record.driver)) throw unknownVolume(name)
    return this.#show(name, record, stored)
  }

  /** The record, or one made up for a volume that only a driver knows. */
  async find(name: string): Promise<VolumeRecord | undefined> {
    const record = this.#table.get(name)
    if (record !== undefined) return record.work === 'removing' ? undefined : record
    for (const { name: driver, handle } of this.#drivers.list()) {
      try {
        const { volume } = await handle.get({ name })
        return foreignRecord(driver, volume)
      } catch (error) {
        if (!hasCode(error, 'VOLUME_NOT_FOUND', 'VOLUME_NAME_INVALID')) {
          this.#log.warn('A volume driver does not answer.', { driver, error: String(error) })
        }
      }
    }
    return undefined
  }

  async #stored({ id, driver }: VolumeRecord): Promise<Volume | undefined> {
    if (!this.#drivers.has(driver)) return undefined
    try {
      return (await this.#drivers.get(driver).get({ name: id })).volume
    } catch (error) {
      if (hasCode(error, 'VOLUME_NOT_FOUND')) return undefined
      throw error
    }
  }

  /** Every volume, by name; a warning for each driver that did not answer. */
  async all(): Promise<{ volumes: EngineVolume[]; warnings: string[] }> {
    const warnings: string[] = []
    const volumes: EngineVolume[] = []
    const silent = new Map<string, string>()
    for (const { name: driver, handle } of this.#drivers.list()) {
      try {
        for (const stored of (await handle.list({})).volumes) {
          const record = this.#table.get(stored.name)
          if (record !== undefined && (record.driver !== driver || record.work !== undefined)) continue
          volumes.push(await this.#show(stored.name, record ?? foreignRecord(driver, stored), stored))
        }
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        silent.set(driver, reason)
        warnings.push(`volume driver ${driver}: ${reason}`)
      }
    }
    for (const record of this.#table.values()) {
      if (record.work !== undefined || (this.#drivers.has(record.driver) && !silent.has(record.driver))) continue
      volumes.push(await this.#show(record.id, record, undefined))
    }
    return { volumes: volumes.sort((left, right) => (left.name < right.name ? -1 : 1)), warnings }
  }

  async #show(name: string, record: VolumeRecord, stored: Volume | undefined): Promise<EngineVolume> {
    return {
      name,
      driver: record.driver,
      mountpoint: stored?.mountpoint ?? '',
      createdAt: stored?.createdAt ?? record.createdAt,
      scope: stored === undefined ? 'local' : (await this.#drivers.get(record.driver).capabilities({})).scope,
      labels: { ...record.labels },
      options: { ...record.options },
      anonymous: record.anonymous,
      ...(stored?.status === undefined ? {} : { status: stored.status }),
      users: this.#usage.ofVolume(name).length,
      ...(stored === undefined ? { waitingFor: `storage.volume driver "${record.driver}"` } : {}),
    }
  }

  /** Bytes that it occupies, where its driver can tell. */
  async size(volume: EngineVolume): Promise<{ size?: string }> {
    if (volume.waitingFor !== undefined) return {}
    try {
      return await this.#drivers.get(volume.driver).usage({ name: volume.name })
    } catch (error) {
      if (!hasCode(error, 'NOT_SUPPORTED', 'VOLUME_NOT_FOUND')) {
        this.#log.warn('The size of a volume is not known.', { volume: volume.name, error: String(error) })
      }
      return {}
    }
  }

  /** Fails with VOLUME_NOT_FOUND or DRIVER_AWAY. */
  driverOf(
    record: VolumeRecord | undefined,
    volume: string,
  ): { name: string; handle: Implementation<typeof storageVolume> } {
    if (record === undefined) throw unknownVolume(volume)
    if (this.#drivers.has(record.driver)) return { name: record.driver, handle: this.#drivers.get(record.driver) }
    throw codedError('DRIVER_AWAY', `The volume ${volume} waits for storage.volume driver "${record.driver}".`, {
      hint: 'Add a component that provides this driver to the assembly.',
      details: { volume, driver: record.driver },
    })
  }
}

function foreignRecord(driver: string, { name, options = {}, createdAt = '' }: Volume): VolumeRecord {
  return { id: name, driver, options, labels: {}, anonymous: false, createdAt }
}

/** Docker's words. */
export function unknownVolume(name: string): Error {
  return codedError('VOLUME_NOT_FOUND', `get ${name}: no such volume`, { details: { volume: name } })
}
