import { authAuthenticate } from './auth/authenticate.ts'
import { authAuthorize } from './auth/authorize.ts'
import { builder } from './builder/builder.ts'
import type { ContractDefinition } from './component/contract.ts'
import { componentAssembly } from './component/assembly.ts'
import { componentDiscovery } from './component/discovery.ts'
import { componentKernel } from './component/kernel.ts'
import { componentLauncher } from './component/launcher.ts'
import { componentLifecycle } from './component/lifecycle.ts'
import { engineContainers } from './engine/containers.ts'
import { engineDistribution } from './engine/distribution.ts'
import { engineExec } from './engine/exec.ts'
import { engineImages } from './engine/images.ts'
import { engineNetworks } from './engine/networks.ts'
import { enginePlugins } from './engine/plugins.ts'
import { engineSystem } from './engine/system.ts'
import { engineVolumes } from './engine/volumes.ts'
import { imageSource } from './image/source.ts'
import { logDriver } from './log/driver.ts'
import { networkDriver } from './network/driver.ts'
import { networkIpam } from './network/ipam.ts'
import { runtime } from './runtime/runtime.ts'
import { stateStore } from './state/store.ts'
import { storageLayers } from './storage/layers.ts'
import { storageVolume } from './storage/volume.ts'

/** Contracts that drivers implement. */
export const driverContracts = [
  storageLayers,
  storageVolume,
  networkDriver,
  networkIpam,
  logDriver,
  imageSource,
  builder,
  authAuthenticate,
  authAuthorize,
  runtime,
  stateStore,
  componentLauncher,
] as const satisfies readonly ContractDefinition[]

/** Contracts that the engine offers to front-ends. */
export const engineContracts = [
  engineContainers,
  engineExec,
  engineImages,
  engineDistribution,
  engineNetworks,
  engineVolumes,
  enginePlugins,
  engineSystem,
] as const satisfies readonly ContractDefinition[]

/** Contracts of the kernel: with components that run in processes of their own, and with the moby command. */
export const componentContracts = [
  componentLifecycle,
  componentKernel,
  componentDiscovery,
  componentAssembly,
] as const satisfies readonly ContractDefinition[]

/** Every contract of this package, by id. */
export const contractCatalog: ReadonlyMap<string, ContractDefinition> = new Map(
  [...driverContracts, ...engineContracts, ...componentContracts].map((contract): [string, ContractDefinition] => [
    contract.id,
    contract,
  ]),
)
