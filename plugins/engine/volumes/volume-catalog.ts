import {
  type CallOptions,
  codedError,
  hasCode,
  isCodedError,
  type CodedError,
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

/** A volume driver, by its name. */
export interface NamedVolumes {
  readonly name: string
  readonly handle: Implementation<typeof storageVolume>
}

/** What there is: the records of the engine and the volumes of all drivers, seen as one. */
export class VolumeCatalog {
  readonly #table: Table<VolumeRecord>
  readonly #drivers: DriverSet<typeof storageVolume>
  readonly #driversAway: () => readonly string[]
  readonly #usage: ContainerUsage
  readonly #log: Logger

  constructor(parts: {
    table: Table<VolumeRecord>
    drivers: DriverSet<typeof storageVolume>
    /** Names of the drivers that the assembly has and that are not there at the moment. */
    driversAway: () => readonly string[]
    usage: ContainerUsage
    log: Logger
  }) {
    this.#table = parts.table
    this.#drivers = parts.drivers
    this.#driversAway = parts.driversAway
    this.#usage = parts.usage
    this.#log = parts.log
  }

  /** Fails with VOLUME_NOT_FOUND. */
  async inspect(name: string): Promise<EngineVolume> {
    const record = await this.find(name)
    if (record === undefined) throw unknownVolume(name)
    const { volume, reason } = await this.#stored(record)
    if (volume === undefined && reason === undefined) throw unknownVolume(name)
    return this.#show(name, record, volume, reason)
  }

  /** The record, or one made up for a volume that only a driver knows. */
  async find(name: string): Promise<VolumeRecord | undefined> {
    const record = this.#table.get(name)
    if (record !== undefined) return record.work === 'removing' ? undefined : record
    // All are asked at once; the first in their order that has it counts.
    const answers = await Promise.all(
      this.#drivers.list('object').map(async ({ name: driver, handle }) => {
        try {
          const { volume } = await inTime((call) => handle.get({ name }, call))
          return foreignRecord(driver, volume)
        } catch (error) {
          if (!hasCode(error, 'VOLUME_NOT_FOUND', 'VOLUME_NAME_INVALID')) {
            this.#log.warn('A volume driver does not answer.', { driver, error: String(error) })
          }
          return undefined
        }
      }),
    )
    return answers.find((answer) => answer !== undefined)
  }

  /** What its driver says of it: nothing when it is gone, a reason when the driver cannot be asked. */
  async #stored({ id, driver }: VolumeRecord): Promise<{ volume?: Volume; reason?: string }> {
    try {
      return { volume: (await this.#drivers.get(driver).get({ name: id })).volume }
    } catch (error) {
      if (hasCode(error, 'VOLUME_NOT_FOUND')) return {}
      if (isAway(error)) return { reason: error.message }
      throw error
    }
  }

  /** Every volume, by name; a warning for each driver that did not answer. */
  async all(): Promise<{ volumes: EngineVolume[]; warnings: string[] }> {
    const silent = new Map<string, string>()
    const records = [...this.#table.values()].filter(({ work }) => work === undefined)
    const drivers = this.#drivers.list('object')
    const known = new Set(drivers.map(({ name }) => name))
    const away = [...records.map(({ driver }) => driver), ...this.#driversAway()]
    for (const driver of away) if (!known.has(driver)) silent.set(driver, this.#absence(driver))
    // All at once: one that is slow costs its own time, not that of each after it.
    const listed = await Promise.all(
      drivers.map(async ({ name: driver, handle }) => {
        try {
          const [{ volumes: stored }, { scope }] = await inTime((call) =>
            Promise.all([handle.list({}, call), handle.capabilities({}, call)]),
          )
          return stored.flatMap((each) => this.#showListed(driver, each, scope))
        } catch (error) {
          silent.set(driver, error instanceof Error ? error.message : String(error))
          return []
        }
      }),
    )
    const waiting = records
      .filter(({ driver }) => silent.has(driver))
      .map((record) => this.#shown(record.id, record, undefined, 'local', silent.get(record.driver)))
    const volumes = [...listed.flat(), ...waiting].sort((left, right) => (left.name < right.name ? -1 : 1))
    return { volumes, warnings: [...silent].map(([driver, reason]) => `volume driver ${driver}: ${reason}`) }
  }

  #showListed(driver: string, stored: Volume, scope: EngineVolume['scope']): EngineVolume[] {
    const record = this.#table.get(stored.name)
    if (record !== undefined && (record.driver !== driver || record.work !== undefined)) return []
    return [this.#shown(stored.name, record ?? foreignRecord(driver, stored), stored, scope)]
  }

  /** Why a driver cannot be asked. */
  #absence(driver: string): string {
    try {
      this.#drivers.get(driver)
      return 'it has not been reached yet'
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  async #show(
    name: string,
    record: VolumeRecord,
    stored: Volume | undefined,
    reason: string | undefined,
  ): Promise<EngineVolume> {
    const scope = stored === undefined ? 'local' : (await this.#drivers.get(record.driver).capabilities({})).scope
    return this.#shown(name, record, stored, scope, reason)
  }

  #shown(
    name: string,
    record: VolumeRecord,
    stored: Volume | undefined,
    scope: EngineVolume['scope'],
    reason?: string,
  ): EngineVolume {
    return {
      name,
      driver: record.driver,
      mountpoint: stored?.mountpoint ?? '',
      createdAt: stored?.createdAt ?? record.createdAt,
      scope,
      labels: { ...record.labels },
      options: { ...record.options },
      anonymous: record.anonymous,
      ...(stored?.status === undefined ? {} : { status: stored.status }),
      users: this.#usage.ofVolume(name).length,
      ...(stored === undefined
        ? { waitingFor: `storage.volume driver "${record.driver}"${reason === undefined ? '' : `: ${reason}`}` }
        : {}),
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
  driverOf(record: VolumeRecord | undefined, volume: string): NamedVolumes {
    if (record === undefined) throw unknownVolume(volume)
    if (this.#drivers.has(record.driver)) return { name: record.driver, handle: this.#drivers.get(record.driver) }
    throw codedError('DRIVER_AWAY', `The volume ${volume} waits for storage.volume driver "${record.driver}".`, {
      hint: 'Add a component that provides this driver to the assembly.',
      details: { volume, driver: record.driver },
    })
  }
}

/** Milliseconds that a question to every driver waits for one of them. */
const patienceMs = 5_000

/** What a driver answers, or the error that it did not in time: one that hangs must not hold up what others know. */
async function inTime<T>(ask: (call: CallOptions) => Promise<T>): Promise<T> {
  const late = codedError('DRIVER_AWAY', `it did not answer within ${patienceMs / 1_000} s`)
  const giveUp = new AbortController()
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(late)
    giveUp.abort(late)
  }, patienceMs)
  try {
    return await Promise.race([ask({ signal: giveUp.signal }), promise])
  } finally {
    clearTimeout(timer)
  }
}

/** The driver cannot be asked now: it is no answer about the volume. */
function isAway(error: unknown): error is CodedError {
  return isCodedError(error) && (error.code === 'DRIVER_UNKNOWN' || awayKinds.has(error.kind))
}

const awayKinds = new Set(['unavailable', 'deadline'])

function foreignRecord(driver: string, { name, options = {}, createdAt = '' }: Volume): VolumeRecord {
  return { id: name, driver, options, labels: {}, anonymous: false, createdAt }
}

/** Docker's words. */
export function unknownVolume(name: string): Error {
  return codedError('VOLUME_NOT_FOUND', `get ${name}: no such volume`, { details: { volume: name } })
}
