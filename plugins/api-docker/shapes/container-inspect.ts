import type { Container } from '@moby/contracts'
import { exactNumber } from '../wire/exact-number.ts'
import { configShape } from './config.ts'
import { hostConfigShape } from './host-config.ts'
import { mountsShape } from './mounts.ts'
import { networkSettingsShape } from './network-settings.ts'
import { stateShape } from './state.ts'

/** GET /containers/{id}/json in the newest version. */
export function containerInspectShape(container: Container): Record<string, unknown> {
  const { process, paths, drivers } = container
  // The files are made for a run, also for one that fails then.
  const wasStarted = container.state.startedAt !== undefined || container.state.error !== ''
  return {
    Id: container.id,
    Created: container.createdAt,
    Path: process.path,
    Args: process.args,
    State: stateShape(container.state),
    Image: container.image.id,
    ResolvConfPath: wasStarted ? paths.resolvConf : '',
    HostnamePath: wasStarted ? paths.hostname : '',
    HostsPath: wasStarted ? paths.hosts : '',
    LogPath: paths.log,
    Name: `/${container.name}`,
    RestartCount: container.state.restartCount,
    Driver: drivers.storage,
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: container.execIds.length === 0 ? null : container.execIds,
    HostConfig: hostConfigShape(container),
    GraphDriver: { Data: null, Name: drivers.storage },
    ...(container.sizeRw === undefined ? {} : { SizeRw: exactNumber(container.sizeRw) }),
    ...(container.sizeRootFs === undefined ? {} : { SizeRootFs: exactNumber(container.sizeRootFs) }),
    Mounts: mountsShape(container),
    Config: configShape(container),
    NetworkSettings: networkSettingsShape(container),
  }
}
