import { codedError } from '@moby/contracts'
import { mountPointFault, withoutSlashes } from '@moby/lib-linux'

/** The path that a driver says it has mounted a volume on, when it is one. Fails with DRIVER_LIED. */
export function checkMountPoint(path: string, driver: string, volume: string): string {
  const fault = mountPointFault(path)
  if (fault === undefined) return withoutSlashes(path)
  throw codedError(
    'DRIVER_LIED',
    `The volume driver ${driver} says that the volume ${volume} is at ${JSON.stringify(path)}, ${fault}`,
    { hint: 'the volume was not used; see the log of the driver', details: { driver, volume, path } },
  )
}
