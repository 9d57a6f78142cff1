import { authAuthenticateCases, authAuthorizeCases } from './auth.ts'
import type { ConformanceCase } from './case.ts'
import { logDriverCases } from './log-driver.ts'
import { networkIpamCases } from './network-ipam.ts'
import { stateStoreCases } from './state-store.ts'
import { storageVolumeCases } from './storage-volume.ts'

export { missingNeeds, runCase, type ConformanceCase, type Need, type Subject } from './case.ts'
export type { AuthenticateFixtures, AuthorizeFixtures } from './auth.ts'
export type { LogFixtures } from './log-driver.ts'
export type { VolumeFixtures } from './storage-volume.ts'

/** Every case, contract by contract. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...storageVolumeCases,
  ...networkIpamCases,
  ...logDriverCases,
  ...authAuthenticateCases,
  ...authAuthorizeCases,
  ...stateStoreCases,
]

/** The cases of one contract. */
export function casesOf(contract: string): readonly ConformanceCase[] {
  return conformanceCases.filter((each) => each.contract === contract)
}
