import type { MemberFacts } from '../lifecycle/member.ts'

type Config = Readonly<Record<string, unknown>>

/**
 * What the event `daemon reload` tells, under the names that dockerd has for it. It is read of the configurations that
 * run, whoever has set them; what the assembly has no component for is not there.
 */
export function reloadAttributes(members: readonly Pick<MemberFacts, 'locked' | 'config'>[]): Record<string, string> {
  const configOf = (contract: string) =>
    members.find(({ locked }) => locked.provides.some((each) => each.contract === contract))?.config
  return { ...engineAttributes(configOf('engine.containers')), ...registryAttributes(configOf('image.source')) }
}

function engineAttributes(config: Config | undefined): Record<string, string> {
  if (config === undefined) return {}
  return known({
    debug: config['debug'],
    labels: config['labels'],
    'max-concurrent-downloads': config['maxConcurrentDownloads'],
    'max-concurrent-uploads': config['maxConcurrentUploads'],
    'default-runtime': config['runtime'],
    'default-shm-size': config['shmSizeBytes'],
    'default-ipc-mode': config['ipcMode'] ?? 'private',
    'live-restore': true,
  })
}

function registryAttributes(config: Config | undefined): Record<string, string> {
  const registries = config?.['registries'] as Readonly<Record<string, Config>> | undefined
  if (registries === undefined) return {}
  const insecure = Object.keys(registries).filter((name) => registries[name]?.['insecure'] === true)
  return known({ 'insecure-registries': insecure, 'registry-mirrors': registries['docker.io']?.['mirrors'] ?? [] })
}

function known(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  )
}
