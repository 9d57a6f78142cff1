import type { ManagedPlugin } from '@moby/contracts'

/** A managed plugin in Docker's form; `Config` and the settings have it already. */
export function pluginShape({ id, name, reference, enabled, config, settings }: ManagedPlugin) {
  return {
    Config: config,
    Enabled: enabled,
    Id: id,
    Name: name,
    ...(reference === undefined ? {} : { PluginReference: reference }),
    Settings: { Args: settings.args, Devices: settings.devices, Env: settings.env, Mounts: settings.mounts },
  }
}
