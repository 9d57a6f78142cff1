import { authAuthenticateCases } from './auth-authenticate.ts'
import { authAuthorizeCases } from './auth-authorize.ts'
import { builderCases } from './builder.ts'
import type { ConformanceCase } from './case.ts'
import { imageSourceCases } from './image-source.ts'
import { launcherCases } from './launcher.ts'
import { launcherGrantCases } from './launcher-grants.ts'
import { logDriverCases } from './log-driver.ts'
import { logFollowingCases } from './log-following.ts'
import { logModelCases } from './log-model.ts'
import { logReadingCases } from './log-reading.ts'
import { logWritingCases } from './log-writing.ts'
import { networkDriverCases } from './network-driver.ts'
import { networkEndpointCases } from './network-endpoints.ts'
import { networkIpamPoolCases } from './network-ipam-pools.ts'
import { networkIpamSequenceCases } from './network-ipam-sequences.ts'
import { networkIpamCases } from './network-ipam.ts'
import { runtimeRefusalCases } from './runtime-refusals.ts'
import { runtimeRestartCases } from './runtime-restart.ts'
import { runtimeCases } from './runtime.ts'
import { stateStoreCases } from './state-store.ts'
import { storageLayerKeyCases } from './storage-layer-keys.ts'
import { storageLayerModelCases } from './storage-layer-model.ts'
import { storageLayerRebaseCases } from './storage-layer-rebase.ts'
import { storageLayerTreeCases } from './storage-layer-trees.ts'
import { storageLayersCases } from './storage-layers.ts'
import { storageVolumeMountCases } from './storage-volume-mounts.ts'
import { storageVolumeRecordCases } from './storage-volume-records.ts'
import { storageVolumeSequenceCases } from './storage-volume-sequences.ts'
import { storageVolumeCases } from './storage-volume.ts'

export { missingNeeds, runCase, type ConformanceCase, type Need, type Subject } from './case.ts'
export type { AuthenticateFixtures } from './auth-authenticate.ts'
export type { AuthorizeFixtures } from './auth-authorize.ts'
export type { RuntimeFixtures } from './bundle.ts'
export type { SourceFixtures } from './image-source.ts'
export type { LayerFixtures, Mounted } from './layer-helpers.ts'
export type { LauncherFixtures } from './launcher-helpers.ts'
export type { LogFixtures } from './log-helpers.ts'
export type { NetworkFixtures, Sandbox } from './network-helpers.ts'
export type { VolumeFixtures } from './storage-volume.ts'

/** Every case, contract by contract. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...storageLayersCases,
  ...storageLayerKeyCases,
  ...storageLayerModelCases,
  ...storageLayerRebaseCases,
  ...storageLayerTreeCases,
  ...storageVolumeCases,
  ...storageVolumeMountCases,
  ...storageVolumeRecordCases,
  ...storageVolumeSequenceCases,
  ...networkDriverCases,
  ...networkEndpointCases,
  ...networkIpamCases,
  ...networkIpamPoolCases,
  ...networkIpamSequenceCases,
  ...logDriverCases,
  ...logWritingCases,
  ...logReadingCases,
  ...logFollowingCases,
  ...logModelCases,
  ...imageSourceCases,
  ...builderCases,
  ...authAuthenticateCases,
  ...authAuthorizeCases,
  ...runtimeCases,
  ...runtimeRefusalCases,
  ...runtimeRestartCases,
  ...stateStoreCases,
  ...launcherCases,
  ...launcherGrantCases,
]

/** The cases of one contract. */
export function casesOf(contract: string): readonly ConformanceCase[] {
  return conformanceCases.filter((each) => each.contract === contract)
}

/** Cases of one contract that may be run against a driver in use. */
export function smokeCasesOf(contract: string): readonly ConformanceCase[] {
  return casesOf(contract).filter(({ smoke, needs }) => smoke && needs.length === 0)
}
