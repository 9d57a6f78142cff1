import type { NetfilterFamily } from '@moby/lib-linux'
import { goesOutByNat, type NetworkRule, type PortRule, type Rules } from './rules.ts'

/** Sets and maps of the table, whose elements change while the engine runs. */
export const nftSets = {
  /** Our bridges. */
  bridges: 'bridges',
  /** Those of internal networks. */
  internal: 'internal',
  /** Those whose containers get an address of the host when they leave. */
  outbound: 'outbound',
  /** Pairs of a bridge with itself where containers may talk to each other. */
  within: 'within',
  /** Addresses of the host with which containers go out, by bridge. */
  sources: 'sources',
  /** Bridges whose containers are reached at every port of their own. */
  unprotected: 'unprotected',
  /** Bridges whose containers are reached at published ports of their own. */
  routed: 'routed',
  /** Pairs of a link of the host and a bridge whose containers it reaches like that. */
  trusted: 'trusted',
  /** Addresses of containers with the ports at which they are reached: address . protocol . port. */
  direct: 'direct',
  /** Pairs of a container's address with itself where it has published ports. */
  itself: 'itself',
  /** Published on every address of the host: protocol . port to address . port. */
  anywhere: 'anywhere',
  /** Published on one address: address . protocol . port to address . port. */
  at: 'at',
} as const

/** A set or map of the table with what is to be in it. */
export interface NftSet {
  readonly name: string
  /** `set links { type ifname; }` without the elements. */
  readonly declaration: string
  readonly elements: readonly string[]
}

/** What the table looks up, by the rules as they are now. */
export function nftSetsOf(family: NetfilterFamily, rules: Rules): NftSet[] {
  const networks = [...rules.networks.values()]
  const all = [...rules.ports.values()].filter((rule) => rule.family === family)
  const ports = all.filter((rule) => rule.direct !== true)
  const address = family === 'ip' ? 'ipv4_addr' : 'ipv6_addr'
  const set = (name: string, type: string, elements: readonly string[]): NftSet => ({
    name,
    declaration: `set ${name} { type ${type};`,
    elements: [...new Set(elements)],
  })
  const map = (name: string, type: string, elements: readonly string[]): NftSet => ({
    name,
    declaration: `map ${name} { type ${type} : ${address} . inet_service;`,
    elements,
  })
  const bridgesOf = (wanted: (network: NetworkRule) => boolean) =>
    networks.filter(wanted).map((network) => `"${network.bridge}"`)
  return [
    set(
      nftSets.bridges,
      'ifname',
      bridgesOf(() => true),
    ),
    set(
      nftSets.internal,
      'ifname',
      bridgesOf((network) => network.internal),
    ),
    set(
      nftSets.outbound,
      'ifname',
      bridgesOf((network) => goesOutByNat(network, family)),
    ),
    {
      name: nftSets.sources,
      declaration: `map ${nftSets.sources} { type ifname : ${address};`,
      elements: networks.flatMap((network) => {
        const source = goesOutByNat(network, family) ? network.sources[family] : undefined
        return source === undefined ? [] : [`"${network.bridge}" : ${source}`]
      }),
    },
    set(
      nftSets.unprotected,
      'ifname',
      bridgesOf((network) => network.modes[family] === 'nat-unprotected'),
    ),
    set(
      nftSets.routed,
      'ifname',
      bridgesOf((network) => network.modes[family] === 'routed'),
    ),
    set(
      nftSets.trusted,
      'ifname . ifname',
      networks.flatMap(({ bridge, trusted }) => trusted.map((link) => `"${link}" . "${bridge}"`)),
    ),
    set(
      nftSets.direct,
      `${address} . inet_proto . inet_service`,
      all.filter((rule) => rule.direct === true).map((rule) => `${rule.address} . ${rule.protocol} . ${rule.port}`),
    ),
    set(
      nftSets.within,
      'ifname . ifname',
      bridgesOf((network) => network.icc).map((bridge) => `${bridge} . ${bridge}`),
    ),
    set(
      nftSets.itself,
      `${address} . ${address}`,
      ports.map((rule) => `${rule.address} . ${rule.address}`),
    ),
    map(
      nftSets.anywhere,
      'inet_proto . inet_service',
      ports
        .filter((rule) => rule.hostIp === undefined)
        .map((rule) => `${rule.protocol} . ${rule.hostPort} : ${targetOf(rule)}`),
    ),
    map(
      nftSets.at,
      `${address} . inet_proto . inet_service`,
      ports.flatMap((rule) =>
        rule.hostIp === undefined ? [] : [`${rule.hostIp} . ${rule.protocol} . ${rule.hostPort} : ${targetOf(rule)}`],
      ),
    ),
  ]
}

/**
 * The script that replaces the table of an instance in one transaction. Rules are the same for every engine and
 * look all else up in sets, so that starting a container changes an element and never a rule.
 */
export function nftScript(family: NetfilterFamily, table: string, rules: Rules): string {
  return [
    `add table ${family} ${table}`,
    `delete table ${family} ${table}`,
    `table ${family} ${table} {`,
    ...nftSetsOf(family, rules).map(({ declaration, elements }) => `  ${declaration}${elementsOf(elements)} }`),
    ...chainsOf(family),
    '}',
    '',
  ].join('\n')
}

/** How many rules the table has; they do not depend on what is published. */
export function countRules(family: NetfilterFamily): number {
  return chainsOf(family).filter((line) => line.startsWith('    ')).length
}

function chainsOf(family: NetfilterFamily): string[] {
  return family === 'ip' ? chains('ip', '127.0.0.0/8') : chains('ip6', '::1')
}

function chains(family: NetfilterFamily, loopback: string): string[] {
  return [
    // Bridges route to 127.0.0.0/8 so that published ports answer there; containers must not use that.
    '  chain guard { type filter hook prerouting priority raw; policy accept;',
    `    iifname @bridges ${family} daddr ${loopback} drop`,
    `    iifname @bridges ${family} saddr ${loopback} drop`,
    '  }',
    '  chain publish {',
    `    dnat ${family} to ${family} daddr . meta l4proto . th dport map @at`,
    `    dnat ${family} to meta l4proto . th dport map @anywhere`,
    '  }',
    '  chain prerouting { type nat hook prerouting priority dstnat; policy accept;',
    // Otherwise neighbours of the host would reach ports that are published on its loopback only.
    `    iifname != "lo" ${family} daddr ${loopback} return`,
    '    fib daddr type local jump publish',
    '  }',
    '  chain output { type nat hook output priority -100; policy accept;',
    // IPv6 has no route_localnet: what goes to ::1 cannot leave the host.
    ...(family === 'ip6' ? [`    ip6 daddr ${loopback} return`] : []),
    '    fib daddr type local jump publish',
    '  }',
    '  chain postrouting { type nat hook postrouting priority srcnat; policy accept;',
    `    oifname @bridges ${family} saddr ${loopback} masquerade`,
    // To a published port of the own network: the answer must come back through the host.
    '    iifname @bridges oifname @bridges ct status dnat masquerade',
    // The same where bridged packets are filtered: they come here without the link that they came in by.
    `    ct status dnat ${family} saddr . ${family} daddr @itself masquerade`,
    `    oifname != @bridges snat ${family} to iifname map @sources`,
    '    iifname @outbound oifname != @bridges masquerade',
    '  }',
    '  chain forward { type filter hook forward priority filter; policy accept;',
    '    oifname @bridges jump enter',
    '    iifname @internal drop',
    '  }',
    '  chain enter {',
    '    iifname . oifname @within accept',
    '    ct state established,related accept',
    '    iifname @internal drop',
    '    oifname @internal drop',
    '    ct status dnat accept',
    '    oifname @unprotected accept',
    `    oifname @routed meta l4proto ${family === 'ip' ? 'icmp' : 'icmpv6'} accept`,
    `    oifname @routed ${family} daddr . meta l4proto . th dport @direct accept`,
    `    iifname . oifname @trusted ${family} daddr . meta l4proto . th dport @direct accept`,
    '    drop',
    '  }',
  ]
}

function elementsOf(elements: readonly string[]): string {
  return elements.length === 0 ? '' : ` elements = { ${elements.join(', ')} };`
}

function targetOf(rule: PortRule): string {
  return `${rule.address} . ${rule.port}`
}
