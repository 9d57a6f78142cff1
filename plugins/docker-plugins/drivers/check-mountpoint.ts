import { codedError } from '@moby/contracts'
import { mountPointFault, withoutSlashes } from '@moby/lib-linux'

/** The path that a plugin says it has mounted a volume on, when it is one. Fails with PLUGIN_LIED. */
export function checkMountpoint(path: string, plugin: string, volume: string): string {
  const fault = mountPointFault(path)
  if (fault === undefined) return withoutSlashes(path)
  throw codedError(
    'PLUGIN_LIED',
    `The plugin ${plugin} says that the volume ${volume} is at ${JSON.stringify(path)}, ${fault}`,
    { hint: 'the volume was not used; see the log of the plugin', details: { plugin, volume, path } },
  )
}
