import { codedError, isCodedError, type enginePlugins, type ManagedPlugin, type RequestOf } from '@moby/contracts'
import { familiarReference, parseReference, withDefaultTag, type Reference } from '@moby/contracts/reference'
import { capabilitiesOf } from './plugin-config.ts'
import type { PluginPackage, PluginRecord } from './plugin-record.ts'

type Filter = NonNullable<RequestOf<typeof enginePlugins, 'list'>['filter']>

/** A plugin as the contract tells it. */
export function show({ id, name, reference, enabled, config, settings }: PluginRecord): ManagedPlugin {
  const { mounts, env, args, devices } = settings
  return {
    id,
    name,
    ...(reference === undefined ? {} : { reference }),
    enabled,
    config,
    settings: { mounts: [...mounts], env: [...env], args: [...args], devices: [...devices] },
  }
}

export function matches({ enabled, capabilities }: Filter): (record: PluginRecord) => boolean {
  return (record) =>
    (enabled === undefined || record.enabled === enabled) &&
    (capabilities === undefined || capabilitiesOf(record.config).every((each) => capabilities.includes(each)))
}

/** Fails with IMAGE_REFERENCE_INVALID. */
export function readName(written: string): Reference {
  try {
    return parseReference(written)
  } catch (error) {
    if (!isCodedError(error)) throw error
    throw codedError('IMAGE_REFERENCE_INVALID', `failed to parse reference ${written}: ${error.message}`, {
      cause: error,
    })
  }
}

/** The name of a plugin that is pulled without one. */
export function localName({ domain, path, tag = 'latest' }: Reference): string {
  return familiarReference({ domain, path, tag })
}

/** Fails with IMAGE_REFERENCE_INVALID. */
export function chosenName(written: string): string {
  const reference = parseReference(written)
  if (reference.digest !== undefined) throw codedError('IMAGE_REFERENCE_INVALID', 'cannot use digest in plugin tag')
  return familiarReference(withDefaultTag(reference))
}

/** The folder of its files: another package has another one, so that an upgrade can be left at any point. */
export function rootName({ manifest }: PluginPackage): string {
  return `rootfs-${manifest.replace('sha256:', '').slice(0, 12)}`
}

/** Fails with PLUGIN_ENABLED. */
export function checkDisabled({ name, enabled }: PluginRecord, before = ''): void {
  if (!enabled) return
  throw codedError('PLUGIN_ENABLED', `${before}plugin ${name} is enabled`, {
    hint: `docker plugin disable ${name}`,
    details: { plugin: name },
  })
}
