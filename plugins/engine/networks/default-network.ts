import type { ContainerSpec, EndpointSpec } from '@moby/contracts'

export const predefinedNames = ['bridge', 'host', 'none'] as const

/** Where `--network container:<ref>` points to. */
export function sharedNetworkOf(spec: ContainerSpec): string | undefined {
  return /^container:(.+)$/s.exec(spec.networkMode ?? '')?.[1]
}

/** Name or id of the network that a container starts on: `default` is bridge. */
export function primaryNetwork(spec: ContainerSpec): string {
  const mode = spec.networkMode ?? 'default'
  return mode === 'default' || mode === '' ? 'bridge' : mode
}

/** The endpoints that a specification asks for; the primary network is first and always there. */
export function wantedEndpoints(spec: ContainerSpec): EndpointSpec[] {
  if (sharedNetworkOf(spec) !== undefined) return []
  const primary = primaryNetwork(spec)
  const given = (spec.endpoints ?? []).map((endpoint) =>
    endpoint.network === 'default' ? { ...endpoint, network: 'bridge' } : endpoint,
  )
  const first = given.find((endpoint) => endpoint.network === primary) ?? { network: primary }
  return [first, ...given.filter((endpoint) => endpoint !== first)]
}
