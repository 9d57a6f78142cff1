import type { ContainerRecord } from '../containers/container-record.ts'
import { readHostResolvConf } from './container-files.ts'
import type { DriverFacts } from './driver-facts.ts'
import { chooseUpstream } from './name-upstream.ts'
import type { NetworkStore } from './network-store.ts'
import { setsDots } from './resolv-conf.ts'
import type { SandboxWish } from './sandbox-names.ts'
import { byWayOut, mayLeave } from './ways-out.ts'

/** What the name server in the sandbox of a container is to know; the predefined networks have no names. */
export async function wishForNames(
  { sandboxId, endpoints, spec }: ContainerRecord,
  from: {
    readonly networks: NetworkStore
    readonly facts: DriverFacts
    /** Servers of the engine's configuration. */
    readonly servers: readonly string[]
    /** Path of the network namespace. */
    readonly key: string
  },
): Promise<SandboxWish> {
  const { networks, facts, servers, key } = from
  const live = endpoints.filter((endpoint) => endpoint.live !== undefined)
  const named = byWayOut(live, networks).filter(({ networkId }) => networks.get(networkId)?.predefined === false)
  const host = readHostResolvConf()
  const ofNetworks = await Promise.all(
    named.map(async ({ networkId, live: { nameServers = [] } = {} }) => {
      const driver = networks.get(networkId)?.driver ?? ''
      // One that is told the names would only be asked for them a second time.
      return nameServers.length > 0 && !(await answersNames(facts, driver)) ? nameServers : []
    }),
  )
  return {
    sandboxId,
    key,
    networks: named.map(({ networkId }) => networkId),
    upstream: chooseUpstream({
      host,
      chosen: spec.dns?.length ? spec.dns : servers,
      ofNetworks: ofNetworks.flat(),
      mayLeave: live.some(({ networkId }) => mayLeave(networkId, networks)),
    }),
    keepsPlainNames: setsDots(spec.dnsOptions?.length ? spec.dnsOptions : host.options),
  }
}

async function answersNames(facts: DriverFacts, driver: string): Promise<boolean> {
  try {
    return (await facts.of(driver)).names === true
  } catch {
    // It is away, and names are no reason not to start a container.
    return false
  }
}
