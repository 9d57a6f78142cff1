import { codedError, type Logger } from '@moby/contracts'
import type { CniResult } from './cni-result.ts'
import { isSince, type NetworkList, type PluginConfig } from './network-list.ts'
import { findPlugin, runPlugin, type PluginCall } from './run-plugin.ts'

/** One container on a network, as plugins are told of it; it is kept, because they have to be told the same again. */
export interface Attachment {
  readonly containerId: string
  readonly netns: string
  readonly ifName: string
  /** Values for plugins that say they take them. */
  readonly runtimeConfig: Readonly<Record<string, unknown>>
  /** Of the last plugin; absent while they are at work. */
  readonly result?: CniResult
}

/** Runs the plugins of a network, in order or the other way round. */
export class PluginChain {
  readonly #programs: readonly string[]
  readonly #log: Logger

  constructor(programs: readonly string[], log: Logger) {
    this.#programs = programs
    this.#log = log
  }

  /** Fails with HOST_LACKS for a plugin that is not there, NETWORK_OPTION_INVALID for one that lacks the version. */
  async prove(list: NetworkList): Promise<void> {
    for (const { type } of list.plugins) {
      findPlugin(this.#programs, type)
      const answer = await this.#run({ type }, 'VERSION', {}, { cniVersion: list.cniVersion })
      const known = (answer as { supportedVersions?: unknown } | undefined)?.supportedVersions
      if (Array.isArray(known) && known.includes(list.cniVersion)) continue
      throw codedError(
        'NETWORK_OPTION_INVALID',
        `The CNI plugin ${type} of network ${list.name} does not know version ${list.cniVersion}`,
        { hint: Array.isArray(known) ? `It knows ${known.join(', ')}.` : 'It tells no versions.' },
      )
    }
    if (!isSince(list.cniVersion, '1.1.0')) return
    for (const plugin of list.plugins) await this.#run(plugin, 'STATUS', {}, configOf(list, plugin))
  }

  /** Attaches a container; one plugin gets the result of the other. What fails has to be taken back by `remove`. */
  async add(list: NetworkList, attachment: Attachment): Promise<CniResult> {
    let result: CniResult | undefined
    for (const plugin of list.plugins) {
      const config = configOf(list, plugin, attachment, result)
      const answer = await this.#run(plugin, 'ADD', environmentOf(attachment), config)
      if (typeof answer !== 'object' || answer === null) {
        throw codedError('NETWORK_PLUGIN_FAILED', `The CNI plugin ${plugin.type} answered ADD with no result`)
      }
      result = answer as CniResult
    }
    return result ?? {}
  }

  /** Takes a container off again. A plugin that fails is logged, and the others are run. */
  async remove(list: NetworkList, attachment: Attachment): Promise<void> {
    const previous = isSince(list.cniVersion, '0.4.0') ? attachment.result : undefined
    for (const plugin of list.plugins.toReversed()) {
      try {
        const config = configOf(list, plugin, attachment, previous)
        await this.#run(plugin, 'DEL', environmentOf(attachment), config)
      } catch (error) {
        this.#log.warn('a container was not taken off a network', { network: list.name, error: String(error) })
      }
    }
  }

  /** Fails when a plugin finds that what it made is no longer as it was. Where they cannot tell, it is success. */
  async check(list: NetworkList, attachment: Attachment): Promise<void> {
    if (list.disableCheck || attachment.result === undefined || !isSince(list.cniVersion, '0.4.0')) return
    for (const plugin of list.plugins) {
      const config = configOf(list, plugin, attachment, attachment.result)
      await this.#run(plugin, 'CHECK', environmentOf(attachment), config)
    }
  }

  #run(
    { type }: Pick<PluginConfig, 'type'>,
    command: PluginCall['command'],
    environment: Readonly<Record<string, string>>,
    config: unknown,
  ): Promise<unknown> {
    return runPlugin({ command, programs: this.#programs, type, environment, config })
  }
}

/** Whether some plugin of a network takes a value that the engine has for it. */
export function takes(list: NetworkList, capability: string): boolean {
  return list.plugins.some(({ capabilities }) => capabilities?.[capability] === true)
}

function environmentOf({ containerId, netns, ifName }: Attachment): Record<string, string> {
  return { CNI_CONTAINERID: containerId, CNI_NETNS: netns, CNI_IFNAME: ifName, CNI_ARGS: 'IgnoreUnknown=1' }
}

/** Capabilities are the engine's business: a plugin gets the values of those that it has. */
function configOf(list: NetworkList, plugin: PluginConfig, attachment?: Attachment, previous?: CniResult): object {
  const { capabilities, ...rest } = plugin
  const values = Object.entries(attachment?.runtimeConfig ?? {}).filter(([name]) => capabilities?.[name] === true)
  return {
    ...rest,
    name: list.name,
    cniVersion: list.cniVersion,
    ...(values.length === 0 ? {} : { runtimeConfig: Object.fromEntries(values) }),
    ...(previous === undefined ? {} : { prevResult: previous }),
  }
}
