import type { ContainerSpec, EndpointSpec } from '@moby/contracts'

export function hostnameOf(container: { readonly id: string; readonly spec: Pick<ContainerSpec, 'hostname'> }): string {
  return container.spec.hostname || container.id.slice(0, 12)
}

/** Names under which others on a network find a container: its name, aliases, short id and hostname. */
export function dnsNamesOf(
  container: { readonly id: string; readonly name: string; readonly spec: Pick<ContainerSpec, 'hostname'> },
  endpoint: Pick<EndpointSpec, 'aliases'>,
): string[] {
  const names = [container.name, ...(endpoint.aliases ?? []), container.id.slice(0, 12), hostnameOf(container)]
  return [...new Set(names.filter((name) => name !== ''))]
}
