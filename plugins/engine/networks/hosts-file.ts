import { codedError } from '@moby/contracts'
import { isIP } from 'node:net'

const loopback = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::\tip6-localnet',
  'ff00::\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
]

export interface HostsFacts {
  readonly hostname: string
  readonly domainname: string
  /** `name:address` lines of the user, `host-gateway` settled already. */
  readonly extraHosts: readonly string[]
  /** The container's own addresses, without prefix length. */
  readonly addresses: readonly string[]
  /** Names of linked containers with their addresses. */
  readonly links: readonly { readonly address: string; readonly names: readonly string[] }[]
}

/** /etc/hosts of a container, laid out as dockerd's: loopback, what the user adds, links, itself. */
export function writeHosts(facts: HostsFacts): string {
  const own = facts.domainname === '' ? facts.hostname : `${facts.hostname}.${facts.domainname} ${facts.hostname}`
  const lines = [
    ...loopback,
    ...facts.extraHosts.map((entry) => {
      const { name, address } = splitExtraHost(entry)
      return `${address}\t${name}`
    }),
    ...facts.links.map(({ address, names }) => `${address}\t${[...new Set(names)].join(' ')}`),
    ...facts.addresses.map((address) => `${address}\t${own}`),
  ]
  return `${lines.join('\n')}\n`
}

/** Takes `name:address` apart; `=` separates too, and an IPv6 address may stand in brackets. */
export function splitExtraHost(entry: string): { name: string; address: string } {
  const at = entry.search(/[:=]/)
  const name = entry.slice(0, Math.max(at, 0))
  const address = entry.slice(at + 1).replace(/^\[(.*)\]$/, '$1')
  if (at <= 0 || (address !== 'host-gateway' && isIP(address) === 0)) {
    throw codedError('CONTAINER_SPEC_INVALID', `bad format for add-host: "${entry}"`, { hint: 'Write name:address.' })
  }
  return { name, address }
}
