import type { EngineVolume } from '@moby/contracts'
import { exactNumber } from '../wire/exact-number.ts'

/** A volume; one whose driver is away tells so in its Status. */
export function volumeShape(volume: EngineVolume): Record<string, unknown> {
  const status = { ...volume.status, ...(volume.waitingFor === undefined ? {} : { waitingFor: volume.waitingFor }) }
  return {
    ...(volume.createdAt === '' ? {} : { CreatedAt: volume.createdAt }),
    Driver: volume.driver,
    Labels: orNull(volume.labels),
    Mountpoint: volume.mountpoint,
    Name: volume.name,
    Options: orNull(volume.options),
    Scope: volume.scope,
    ...(Object.keys(status).length === 0 ? {} : { Status: status }),
  }
}

/** With what it takes up, for /system/df. */
export function volumeUsageShape(volume: EngineVolume): Record<string, unknown> {
  return { ...volumeShape(volume), UsageData: { RefCount: volume.users, Size: exactNumber(volume.size ?? '-1') } }
}

function orNull(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  return Object.keys(map).length === 0 ? null : map
}
