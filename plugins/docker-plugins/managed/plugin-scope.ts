import { lstatSync, realpathSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { codedError } from '@moby/contracts'
import { pluginPaths, type PluginPlaces } from './plugin-places.ts'
import type { PluginRecord } from './plugin-record.ts'

/** Where a path of a plugin is on the host, and how the plugin sees a FIFO of the host. */
export interface PluginScope {
  /** Fails with PLUGIN_LIED for a path that leads out of what is the plugin's. */
  toHost(path: string): string
  toPlugin(path: string): string
}

/**
 * A managed plugin tells paths as it sees them: what it mounts below its propagated mount the host sees in a folder of
 * its own, all else is in its root. Links in these must not lead to files of the host.
 */
export function scopeOf(record: PluginRecord, places: PluginPlaces): PluginScope {
  const { PropagatedMount: propagated } = record.config
  const base = normalize(propagated).replace(/\/+$/, '')
  return {
    toHost(path) {
      if (!path.startsWith('/')) return path
      const plain = normalize(path)
      const isPropagated = base !== '' && (plain === base || plain.startsWith(`${base}/`))
      const home = isPropagated ? places.propagated(record) : places.root(record)
      const host = join(home, isPropagated ? plain.slice(base.length) : plain)
      checkInside(host, home, record.name, path)
      return host.replace(/(.)\/+$/, '$1')
    },
    toPlugin: (path) => path.replace(places.fifos(record), pluginPaths.fifos),
  }
}

function checkInside(host: string, home: string, plugin: string, path: string): void {
  let real
  try {
    lstatSync(host)
    real = realpathSync(host)
  } catch {
    // Whoever uses it will tell that it is not there.
    return
  }
  const inside = realpathSync(home)
  if (real === inside || real.startsWith(`${inside}/`)) return
  throw codedError(
    'PLUGIN_LIED',
    `The plugin ${plugin} names ${JSON.stringify(path)}, which leads to ${real} of the host`,
    {
      hint: 'it was not used; see the log of the plugin',
      details: { plugin, path },
    },
  )
}
