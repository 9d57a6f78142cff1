import { codedError } from '@moby/contracts'
import type { ClientSettings } from '../settings.ts'
import type { Endpoint } from './endpoint.ts'
import { isLoopback } from './loopback.ts'

/** Names under which Docker Hub is known; references say docker.io. */
const dockerHub = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io'])

/** The name of a registry as settings and caches have it. */
export function canonicalRegistry(name: string): string {
  const lower = name.toLowerCase()
  return dockerHub.has(lower) ? 'docker.io' : lower
}

/**
 * Ways to a registry for reading, in the order in which they are tried: its mirrors, then itself. For writing only
 * itself. Where plain HTTP may be spoken, each is there twice, with TLS first, as dockerd has it. Fails with
 * REGISTRY_CONFIG_INVALID for a mirror that is no host or URL.
 */
export function endpointsOf(registry: string, settings: ClientSettings, use: 'read' | 'write'): Endpoint[] {
  const name = canonicalRegistry(registry)
  const mirrors = use === 'read' ? (settings.registries[name]?.mirrors ?? []) : []
  return [
    ...mirrors.flatMap((mirror) => mirrorEndpoints(name, mirror, settings)),
    ...ways({ registry: name, name, host: name === 'docker.io' ? 'registry-1.docker.io' : name }, settings, false),
  ]
}

function mirrorEndpoints(registry: string, mirror: string, settings: ClientSettings): Endpoint[] {
  const text = mirror.includes('://') ? mirror : `https://${mirror}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.username !== '') {
    throw codedError(
      'REGISTRY_CONFIG_INVALID',
      `The mirror ${JSON.stringify(mirror)} of ${registry} is no host or URL`,
      {
        hint: 'Write a host with or without port, or `https://HOST` or `http://HOST`, without a path.',
      },
    )
  }
  const name = canonicalRegistry(url.host)
  if (url.protocol === 'http:') {
    return [{ registry, name, host: url.host, origin: url.origin, isMirror: true, isInsecure: true }]
  }
  return ways({ registry, name, host: url.host }, settings, true)
}

function ways(
  to: Pick<Endpoint, 'registry' | 'name' | 'host'>,
  settings: ClientSettings,
  isMirror: boolean,
): Endpoint[] {
  const isInsecure = settings.registries[to.name]?.insecure === true
  const secure: Endpoint = { ...to, origin: new URL(`https://${to.host}`).origin, isMirror, isInsecure }
  if (!isInsecure && !isLoopback(new URL(secure.origin).hostname)) return [secure]
  return [secure, { ...to, origin: new URL(`http://${to.host}`).origin, isMirror, isInsecure: true }]
}
