import {
  authAuthenticate,
  authAuthorize,
  builder,
  componentLauncher,
  imageSource,
  logDriver,
  networkDriver,
  networkIpam,
  runtime,
  stateStore,
  storageLayers,
  storageVolume,
} from '@moby/contracts'
import { join } from 'node:path'
import type { AuthorizeFixtures, LogFixtures, SourceFixtures, VolumeFixtures } from '@moby/contracts/conformance'
import { runtimeFixtures } from '../../core/conform/needs/runtime.ts'
import { RegistryPeer } from '../peers/registry.ts'
import { callersOfHost, socketConfig } from './auth-fixtures.ts'
import { launcherFixtures } from './launcher-fixtures.ts'
import { layerFixtures } from './layer-fixtures.ts'
import { policyFixtures, policyRules } from './policy-fixtures.ts'
import { fixturesWithParent, hostHasLinks, networkFixtures } from './network-fixtures.ts'
import type { DriverUnderTest, Fixtures } from './subject.ts'

const only = (given: object): (() => Promise<Fixtures>) => {
  return async () => ({ given: { ...given }, close: async () => undefined })
}

const state = { plugin: 'state-sqlite' }

const tmpfs = { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' }

/** A plugin of the specification, and a network of it. */
const cniFixtures = join(import.meta.dirname, '../../plugins/network-cni/fixtures')

/** A mount needs what to mount, and of what type unless it is a bind. */
const refusedMounts = [{ type: 'tmpfs' }, { device: 'tmpfs' }, { o: 'bind' }, { device: 'x', o: 'size=1m,ro' }]

const nowhere = { device: '/no/such/folder' }
const unmountable: VolumeFixtures['unmountable'] = [
  { options: { type: 'no-such-file-system', device: 'none' }, code: 'HOST_LACKS' },
  { options: { type: 'tmpfs', device: 'tmpfs', o: 'no-such-option' }, code: 'VOLUME_OPTION_INVALID' },
  ...['bind', 'ro,rbind'].map((o) => ({ options: { ...nowhere, o }, code: 'VOLUME_OPTION_INVALID' as const })),
  { options: { ...nowhere, type: 'none', o: 'bind,' }, code: 'VOLUME_OPTION_INVALID' },
]

async function openRegistry(): Promise<Fixtures> {
  const registry = await RegistryPeer.start()
  return {
    given: { registry: registry.host } satisfies SourceFixtures,
    close: async () => await registry.stop(),
  }
}

/** What volume-local can mount, and what it refuses. */
export const localVolumes = {
  hostFiles: true,
  options: tmpfs,
  mounted: { type: 'tmpfs', option: 'size=1024k' },
  refused: refusedMounts,
  unmountable,
} satisfies VolumeFixtures

/** Every driver of the project. */
export const driversUnderTest: readonly DriverUnderTest[] = [
  { plugin: 'storage-overlay', contract: storageLayers, fixtures: layerFixtures },
  { plugin: 'storage-copy', contract: storageLayers, fixtures: layerFixtures },
  {
    plugin: 'volume-local',
    contract: storageVolume,
    fixtures: only(localVolumes),
  },
  { plugin: 'network-bridge', contract: networkDriver, neighbours: [state], fixtures: networkFixtures },
  ...(['macvlan', 'ipvlan'] as const)
    // What the kernel of this host lacks is refused, which the driver's own tests show.
    .filter((kind) => hostHasLinks(kind))
    .map((kind) => ({ plugin: `network-${kind}`, contract: networkDriver, fixtures: fixturesWithParent })),
  {
    plugin: 'network-cni',
    contract: networkDriver,
    config: { folder: join(cniFixtures, 'net.d'), programs: [cniFixtures] },
    fixtures: async (root) => {
      const { given, close } = await networkFixtures(root)
      return { given: { ...given, networkOptions: { conflist: 'kit' } }, close }
    },
  },
  { plugin: 'network-none', contract: networkDriver, fixtures: networkFixtures },
  { plugin: 'network-host', contract: networkDriver, fixtures: networkFixtures },
  { plugin: 'ipam-pool', contract: networkIpam, neighbours: [state], fixtures: only({}) },
  {
    plugin: 'log-json-file',
    contract: logDriver,
    lacks: { binary: "dockerd's json-file format holds text" },
    fixtures: only({ readable: true, rotation: { 'max-size': '10k', 'max-file': '3' } } satisfies LogFixtures),
  },
  {
    plugin: 'log-local',
    contract: logDriver,
    fixtures: only({
      readable: true,
      binary: true,
      rotation: { 'max-size': '10k', 'max-file': '3' },
    } satisfies LogFixtures),
  },
  { plugin: 'distribution-oci', contract: imageSource, fixtures: openRegistry },
  {
    plugin: 'auth-rules',
    contract: authAuthorize,
    config: { rules: policyRules, otherwise: 'deny', message: 'no rule allows it' },
    fixtures: only(policyFixtures satisfies AuthorizeFixtures),
  },
  {
    plugin: 'auth-socket',
    contract: authAuthenticate,
    config: socketConfig,
    fixtures: async () => ({ given: { ...callersOfHost() }, close: async () => undefined }),
  },
  ...['runc', 'crun'].map((binary) => ({
    plugin: 'runtime-shim',
    variant: binary,
    contract: runtime,
    config: { binary },
    fixtures: runtimeFixtures,
  })),
  ...['runc', 'crun'].map((binary) => ({
    plugin: 'launcher-runc',
    variant: binary,
    contract: componentLauncher,
    config: { binary },
    fixtures: launcherFixtures,
  })),
  {
    plugin: 'builder-dockerfile',
    contract: builder,
    neighbours: [state, { plugin: 'engine', neighbours: [state, { plugin: 'storage-copy', name: 'copy' }] }],
    fixtures: only({}),
  },
  { plugin: 'state-sqlite', contract: stateStore, fixtures: only({}) },
]
