import { codedError, type Provision } from '@moby/contracts'
import type { SchemaNode } from '../manifest/schema-walk.ts'

/** A component of the assembly with its configuration, before that is frozen. */
export interface Configured {
  readonly name: string
  readonly provides: readonly Provision[]
  readonly schema: SchemaNode
  readonly config: Record<string, unknown>
}

/** Folders with Docker's plugins, from `--plugin-dir` or from the environment. */
export interface PluginDirs {
  readonly folders: readonly string[]
  /** True when they were asked for in this call; an environment is for whoever can use it. */
  readonly asked: boolean
}

/**
 * Puts folders of plugins where the component that looks for plugins reads them: they replace its configuration key
 * `pluginDirs`. Throws PLUGIN_DIR_UNUSED when they were asked for and no component has that key.
 */
export function applyPluginDirs({ folders, asked }: PluginDirs, components: readonly Configured[]): void {
  const takers = components.filter(({ schema }) => schema.properties?.['pluginDirs']?.type === 'array')
  for (const { config } of takers) config['pluginDirs'] = [...folders]
  if (takers.length > 0 || !asked) return
  throw codedError(
    'PLUGIN_DIR_UNUSED',
    'No component of the assembly looks for plugins, so --plugin-dir has no meaning',
    {
      hint: 'add a component that does to the manifest: use: moby/docker-plugins',
    },
  )
}

/**
 * Puts the values of `--host` where the front-end reads it: it replaces the configuration key `hosts` of
 * the one component whose schema has that key as a list. Throws HOST_OPTION_UNUSED when none or several do.
 */
export function applyHosts(hosts: readonly string[], components: readonly Configured[]): void {
  const takers = components.filter(({ schema }) => schema.properties?.['hosts']?.type === 'array')
  const [only] = takers
  if (only !== undefined && takers.length === 1) {
    only.config['hosts'] = [...hosts]
    return
  }
  const names = takers.map(({ name }) => name).join(' and ')
  const message = only === undefined ? 'No component of the assembly takes hosts' : `${names} take hosts`
  throw codedError('HOST_OPTION_UNUSED', `${message}, so --host ${hosts.join(' --host ')} has no clear meaning`, {
    hint: only === undefined ? 'leave --host out' : 'write the key `hosts` in the configuration of each',
  })
}

/**
 * Puts the value of `--metrics-addr` into the configuration key `metricsAddress` of the component that has it. Throws
 * METRICS_OPTION_UNUSED when none has.
 */
export function applyMetricsAddress(address: string, components: readonly Configured[]): void {
  const taker = components.find(({ schema }) => schema.properties?.['metricsAddress']?.type === 'string')
  if (taker !== undefined) {
    taker.config['metricsAddress'] = address
    return
  }
  throw codedError(
    'METRICS_OPTION_UNUSED',
    `No component of the assembly serves metrics, so --metrics-addr ${address} has no meaning`,
    { hint: 'add one to the manifest: use: moby/metrics-prometheus' },
  )
}
