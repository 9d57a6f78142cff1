import type { LogInfo } from '@moby/contracts'
import type { PluginLogInfo } from '@moby/lib-docker-plugin-protocol'

/** Docker's logger.Info, in its order. */
export function toPluginInfo(info: LogInfo): PluginLogInfo {
  return {
    Config: info.options,
    ContainerID: info.containerId,
    ContainerName: info.containerName,
    ContainerEntrypoint: info.entrypoint,
    ContainerArgs: info.args,
    ContainerImageID: info.imageId,
    ContainerImageName: info.imageName,
    ContainerCreated: info.createdAt,
    ContainerEnv: info.env,
    ContainerLabels: info.labels,
    LogPath: '',
    DaemonName: info.daemonName,
  }
}
