import { Config, HealthConfig } from '../schemas/config.ts'
import { CreateContainer } from '../schemas/create-container.ts'
import { ExecCreate, ExecStart } from '../schemas/exec.ts'
import { HostConfig } from '../schemas/host-config.ts'
import { Mount } from '../schemas/mount.ts'
import { EndpointSettings, NetworkConnect, NetworkCreate, NetworkDisconnect } from '../schemas/networking.ts'
import { Privileges } from '../schemas/plugin.ts'
import { UpdateConfig } from '../schemas/resources.ts'
import { VolumeCreate } from '../schemas/volume.ts'
import { AuthConfig } from '../translate/registry-auth.ts'

/** The bodies that requests are read by, and the parts that several share, by their names in the document. */
export const requests = {
  AuthConfig: AuthConfig.schema,
  ContainerConfig: Config.schema,
  ContainerCreateRequest: CreateContainer.schema,
  ContainerUpdateRequest: UpdateConfig.schema,
  EndpointSettingsRequest: EndpointSettings.schema,
  ExecCreateRequest: ExecCreate.schema,
  ExecStartRequest: ExecStart.schema,
  HealthConfig: HealthConfig.schema,
  HostConfig: HostConfig.schema,
  Mount: Mount.schema,
  NetworkConnectRequest: NetworkConnect.schema,
  NetworkCreateRequest: NetworkCreate.schema,
  NetworkDisconnectRequest: NetworkDisconnect.schema,
  PluginPrivilegesRequest: Privileges.schema,
  VolumeCreateRequest: VolumeCreate.schema,
}
