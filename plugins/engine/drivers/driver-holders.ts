import { logDriver, networkDriver, networkIpam, runtime, storageLayers, storageVolume } from '@moby/contracts'
import type { ContainerRecord } from '../containers/container-record.ts'
import type { ImageRecord } from '../images/image-record.ts'
import type { NetworkRecord } from '../networks/network-record.ts'
import type { VolumeRecord } from '../volumes/volume-record.ts'

/** What the engine has, as far as drivers are concerned. */
export interface DriverUsers {
  containers(): readonly ContainerRecord[]
  volumes(): readonly VolumeRecord[]
  networks(): readonly NetworkRecord[]
  images(): readonly ImageRecord[]
}

/** What needs a driver of a contract for as long as it is there, in the words of a user. */
export function driverHolders(users: DriverUsers, contract: string, driver: string): string[] {
  const containers = (uses: (record: ContainerRecord) => boolean) =>
    users
      .containers()
      .filter(uses)
      .map(({ name }) => `container ${name}`)
  switch (contract) {
    case runtime.id:
      return containers(({ drivers }) => drivers.runtime === driver)
    case logDriver.id:
      return containers(({ drivers }) => drivers.log === driver)
    case storageLayers.id:
      return [
        ...containers(({ drivers }) => drivers.storage === driver),
        ...users
          .images()
          .filter(({ storage }) => storage === driver)
          .map(({ id }) => `image ${id.slice('sha256:'.length).slice(0, 12)}`),
      ]
    case storageVolume.id:
      return users
        .volumes()
        .filter((volume) => volume.driver === driver)
        .map(({ id }) => `volume ${id}`)
    case networkDriver.id:
      return networksOf(users, (network) => network.driver === driver)
    case networkIpam.id:
      return networksOf(users, (network) => network.pools.length > 0 && network.ipamDriver === driver)
    default:
      return []
  }
}

/** A predefined network is there in every engine; only what is on it needs its driver. */
function networksOf(users: DriverUsers, uses: (network: NetworkRecord) => boolean): string[] {
  const isUsed = ({ id, predefined }: NetworkRecord) =>
    !predefined || users.containers().some(({ endpoints }) => endpoints.some(({ networkId }) => networkId === id))
  return users
    .networks()
    .filter((network) => uses(network) && isUsed(network))
    .map(({ name }) => `network ${name}`)
}
