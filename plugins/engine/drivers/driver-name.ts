import type { ContractDefinition, DriverSet } from '@moby/contracts'

/** The name of a driver as it is kept: managed plugins have a tag in theirs, which is `latest` where none is written. */
export function driverName(drivers: Pick<DriverSet<ContractDefinition>, 'has'>, written: string): string {
  const tagged = `${written}:latest`
  return !drivers.has(written) && drivers.has(tagged) ? tagged : written
}
