import type { Upstream } from '@moby/lib-names'
import type { ResolvConf } from './resolv-conf.ts'

/**
 * Who is asked for names that the networks of a container do not know. Servers that somebody chose for containers are
 * asked by the container's own routes, as those that its networks' drivers name. The host asks its own servers, but not
 * for a container that may not leave its networks, as names can carry words out.
 */
export function chooseUpstream(facts: {
  readonly host: ResolvConf
  /** Of the container, or of the engine's configuration. */
  readonly chosen: readonly string[]
  /** Of the networks' drivers. */
  readonly ofNetworks: readonly string[]
  readonly mayLeave: boolean
}): Upstream[] {
  const inside = [...facts.chosen, ...(facts.chosen.length > 0 ? [] : facts.ofNetworks)]
  const byHost = facts.chosen.length > 0 || !facts.mayLeave ? [] : facts.host.nameservers
  return [
    ...inside.map((server): Upstream => ({ server, side: 'sandbox' })),
    ...byHost.map((server): Upstream => ({ server, side: 'host' })),
  ]
}
