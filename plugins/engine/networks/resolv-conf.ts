import { isIPv4 } from 'node:net'

export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly search: readonly string[]
  readonly options: readonly string[]
}

/** Public resolvers that dockerd falls back to when the host names none that a container can reach. */
const fallback = ['8.8.8.8', '8.8.4.4']

/** Reads resolv.conf(5); the last `search` counts, `domain` is an older spelling of it. */
export function parseResolvConf(text: string): ResolvConf {
  const nameservers: string[] = []
  const options: string[] = []
  let search: string[] = []
  for (const line of text.split('\n')) {
    const [word = '', ...rest] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/)
    if (word === 'nameserver' && rest[0] !== undefined) nameservers.push(rest[0])
    if (word === 'search' || word === 'domain') search = rest
    if (word === 'options') options.push(...rest)
  }
  return { nameservers, search, options }
}

export interface DnsWishes {
  readonly dns?: readonly string[] | undefined
  readonly dnsSearch?: readonly string[] | undefined
  readonly dnsOptions?: readonly string[] | undefined
}

/**
 * The resolver configuration of a container: what the user asks for wins over the host's. A name server in the sandbox
 * stands alone, because it asks the user's; where there is none, those of the networks come first, and the user's after
 * them. `--dns-search .` means none.
 */
export function chooseResolvConf(
  host: ResolvConf,
  wishes: DnsWishes,
  where: {
    readonly hostNetwork: boolean
    readonly ipv6: boolean
    readonly networkServers: readonly string[]
    /** Address of the name server in the sandbox. */
    readonly resolver?: string | undefined
  },
): ResolvConf {
  const search = wishes.dnsSearch?.length ? wishes.dnsSearch.filter((name) => name !== '.') : host.search
  const options = wishes.dnsOptions?.length ? wishes.dnsOptions : host.options
  const own = where.resolver === undefined ? [...where.networkServers] : [where.resolver]
  const nameservers =
    own.length === 0
      ? upstreamServers(host, wishes, where)
      : [...own, ...(where.resolver === undefined ? (wishes.dns ?? []) : [])]
  const ndots = own.length > 0 && !setsDots(options)
  return { nameservers, search, options: ndots ? [...options, 'ndots:0'] : options }
}

/** Whether options tell how many dots a name has that is not searched for. */
export function setsDots(options: readonly string[]): boolean {
  return options.some((option) => option.startsWith('ndots:'))
}

/** Name servers that a container can reach itself: not those on the host's loopback. */
export function upstreamServers(
  host: ResolvConf,
  wishes: DnsWishes,
  where: { readonly hostNetwork: boolean; readonly ipv6: boolean },
): readonly string[] {
  if (wishes.dns !== undefined && wishes.dns.length > 0) return wishes.dns
  if (where.hostNetwork) return host.nameservers
  const reachable = host.nameservers.filter((server) => !isLoopback(server) && (where.ipv6 || isIPv4(server)))
  return reachable.length > 0 ? reachable : fallback
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}

export function writeResolvConf(configuration: ResolvConf): string {
  return [
    ...configuration.nameservers.map((server) => `nameserver ${server}\n`),
    ...(configuration.search.length > 0 ? [`search ${configuration.search.join(' ')}\n`] : []),
    ...(configuration.options.length > 0 ? [`options ${configuration.options.join(' ')}\n`] : []),
  ].join('')
}
