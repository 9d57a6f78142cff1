import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname as nameOfHost } from 'node:os'
import type { ContainerPaths } from '../containers/container-paths.ts'
import type { ContainerRecord } from '../containers/container-record.ts'
import { withoutPrefix } from './addresses.ts'
import { hostnameOf } from './endpoint-names.ts'
import { splitExtraHost, writeHosts } from './hosts-file.ts'
import { chooseResolvConf, parseResolvConf, writeResolvConf } from './resolv-conf.ts'

export interface FileFacts {
  readonly record: ContainerRecord
  readonly paths: ContainerPaths
  readonly hostNetwork: boolean
  /** Address that `host-gateway` stands for. */
  readonly hostGateway: string
  /** Servers of the networks that answer names, empty on the predefined ones. */
  readonly networkServers: readonly string[]
  /** Address of the name server in the sandbox, where it has one. */
  readonly resolver?: string | undefined
  readonly links: readonly { readonly address: string; readonly names: readonly string[] }[]
}

/** resolv.conf of the host, or another; one that cannot be read counts as empty. */
export function readHostResolvConf(path = '/etc/resolv.conf') {
  try {
    return parseResolvConf(readFileSync(path, 'utf8'))
  } catch {
    return parseResolvConf('')
  }
}

/** Writes resolv.conf, hosts and hostname of a container, which are mounted into it. Small files, written in place. */
export function writeContainerFiles(facts: FileFacts): void {
  const { record, paths, hostNetwork } = facts
  const { spec } = record
  const addresses = record.endpoints.flatMap(({ live }) =>
    [live?.address ?? '', live?.addressIpv6 ?? ''].filter((address) => address !== '').map(withoutPrefix),
  )
  const hostname = hostNetwork && !spec.hostname ? nameOfHost() : hostnameOf(record)
  mkdirSync(paths.data, { recursive: true, mode: 0o710 })
  writeResolver(facts)
  writeFileSync(
    paths.hosts,
    writeHosts({
      hostname,
      domainname: spec.domainname ?? '',
      extraHosts: (spec.extraHosts ?? []).map((entry) => settleGateway(entry, facts.hostGateway)),
      addresses,
      links: facts.links,
    }),
    { mode: 0o644 },
  )
  writeFileSync(paths.hostname, `${hostname}\n`, { mode: 0o644 })
}

/** Writes resolv.conf alone; in place, so that a container that runs sees it. */
export function writeResolver(facts: Omit<FileFacts, 'links' | 'hostGateway'>): void {
  const { record, paths, hostNetwork, networkServers, resolver } = facts
  const ipv6 = record.endpoints.some((endpoint) => (endpoint.live?.addressIpv6 ?? '') !== '')
  const where = { hostNetwork, ipv6, networkServers, resolver }
  writeFileSync(paths.resolvConf, writeResolvConf(chooseResolvConf(readHostResolvConf(), record.spec, where)), {
    mode: 0o644,
  })
}

function settleGateway(entry: string, gateway: string): string {
  const { name, address } = splitExtraHost(entry)
  return `${name}:${address === 'host-gateway' ? gateway : address}`
}
