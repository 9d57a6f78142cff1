import type { NetfilterFamily } from '@moby/lib-linux'
import { familyOf, goesOutByNat, type PortRule, type Rules } from './rules.ts'

/** A jump of one of ours from a built-in chain. */
export interface Jump {
  readonly table: 'raw' | 'nat' | 'filter'
  readonly from: string
  /** Words of the rule after the chain, as iptables-save writes them. */
  readonly words: string
}

/** Chains of an instance; iptables allows names of 28 characters. */
export function chainNames(instanceId: string) {
  const name = (end: string) => `MOBY-${instanceId}-${end}`
  return { guard: name('RAW'), publish: name('PUB'), before: name('PRE'), after: name('POST'), forward: name('FWD') }
}

/** Where the built-in chains lead into ours. */
export function jumps(instanceId: string): Jump[] {
  const chains = chainNames(instanceId)
  return [
    { table: 'raw', from: 'PREROUTING', words: `-j ${chains.guard}` },
    { table: 'nat', from: 'PREROUTING', words: `-m addrtype --dst-type LOCAL -j ${chains.before}` },
    { table: 'nat', from: 'OUTPUT', words: `-m addrtype --dst-type LOCAL -j ${chains.publish}` },
    { table: 'nat', from: 'POSTROUTING', words: `-j ${chains.after}` },
    { table: 'filter', from: 'FORWARD', words: `-j ${chains.forward}` },
  ]
}

/**
 * Input of `iptables-restore --noflush`: empties and fills our chains and adds the missing jumps, a table at a
 * time in one transaction each. Tells the same story as the nftables script.
 */
export function iptablesScript(
  family: NetfilterFamily,
  instanceId: string,
  rules: Rules,
  missing: readonly Jump[],
): string {
  const chains = chainNames(instanceId)
  const loopback = family === 'ip' ? '127.0.0.0/8' : '::1/128'
  const networks = [...rules.networks.values()]
  const all = [...rules.ports.values()].filter((rule) => rule.family === family)
  const ports = all.filter((rule) => rule.direct !== true)
  const direct = all.filter((rule) => rule.direct === true)
  const subnetsOf = (network: (typeof networks)[number]) =>
    network.subnets.filter((subnet) => familyOf(subnet) === family)
  const guard = networks.flatMap(({ bridge }) => [
    `-A ${chains.guard} -i ${bridge} -d ${loopback} -j DROP`,
    `-A ${chains.guard} -i ${bridge} -s ${loopback} -j DROP`,
  ])
  const exact = ports.filter((rule) => rule.hostIp !== undefined)
  const anywhere = ports.filter((rule) => rule.hostIp === undefined)
  const publish = [
    ...(family === 'ip6' ? [`-A ${chains.publish} -d ${loopback} -j RETURN`] : []),
    ...[...exact, ...anywhere].map((rule) => `-A ${chains.publish} ${destinationOf(rule)}`),
  ]
  const before = [`-A ${chains.before} ! -i lo -d ${loopback} -j RETURN`, `-A ${chains.before} -j ${chains.publish}`]
  const after = networks.flatMap((network) => [
    `-A ${chains.after} -s ${loopback} -o ${network.bridge} -j MASQUERADE`,
    ...subnetsOf(network).flatMap((subnet) => [
      `-A ${chains.after} -s ${subnet} -o ${network.bridge} -m conntrack --ctstate DNAT -j MASQUERADE`,
      ...(goesOutByNat(network, family)
        ? [`-A ${chains.after} -s ${subnet} ! -o ${network.bridge} ${sourceOf(network.sources[family])}`]
        : []),
    ]),
  ])
  const each = (wanted: (network: (typeof networks)[number]) => boolean, words: (bridge: string) => string) =>
    networks.filter(wanted).map(({ bridge }) => `-A ${chains.forward} ${words(bridge)}`)
  const every = () => true
  const internal = (network: (typeof networks)[number]) => network.internal
  const forward = [
    ...each(
      (network) => network.icc,
      (bridge) => `-i ${bridge} -o ${bridge} -j ACCEPT`,
    ),
    ...each(every, (bridge) => `-o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`),
    ...each(internal, (bridge) => `-i ${bridge} -j DROP`),
    ...each(internal, (bridge) => `-o ${bridge} -j DROP`),
    ...each(every, (bridge) => `-o ${bridge} -m conntrack --ctstate DNAT -j ACCEPT`),
    ...each(
      ({ modes }) => modes[family] === 'nat-unprotected',
      (bridge) => `-o ${bridge} -j ACCEPT`,
    ),
    ...each(
      ({ modes }) => modes[family] === 'routed',
      (bridge) => `-o ${bridge} -p ${family === 'ip' ? 'icmp' : 'ipv6-icmp'} -j ACCEPT`,
    ),
    ...networks
      .flatMap(({ bridge, modes, trusted }) => [
        ...(modes[family] === 'routed' ? direct.map((rule) => `-o ${bridge} ${directTo(rule)}`) : []),
        ...trusted.flatMap((link) => direct.map((rule) => `-i ${link} -o ${bridge} ${directTo(rule)}`)),
      ])
      .map((words) => `-A ${chains.forward} ${words}`),
    ...each(every, (bridge) => `-o ${bridge} -j DROP`),
    ...each(every, (bridge) => `-i ${bridge} -j ACCEPT`),
  ]
  const table = (name: Jump['table'], declared: readonly string[], lines: readonly string[]) => [
    `*${name}`,
    ...declared.map((chain) => `:${chain} - [0:0]`),
    ...lines,
    ...missing.filter((jump) => jump.table === name).map((jump) => `-I ${jump.from} 1 ${jump.words}`),
    'COMMIT',
  ]
  return [
    ...table('raw', [chains.guard], guard),
    ...table('nat', [chains.publish, chains.before, chains.after], [...publish, ...before, ...after]),
    ...table('filter', [chains.forward], forward),
    '',
  ].join('\n')
}

/** Input that removes the jumps that are there and our chains. */
export function iptablesRemoval(instanceId: string, present: readonly Jump[]): string {
  const chains = chainNames(instanceId)
  const table = (name: Jump['table'], own: readonly string[]) => [
    `*${name}`,
    // Declared, they are emptied or made, so that removing them cannot fail.
    ...own.map((chain) => `:${chain} - [0:0]`),
    ...present.filter((jump) => jump.table === name).map((jump) => `-D ${jump.from} ${jump.words}`),
    ...own.map((chain) => `-X ${chain}`),
    'COMMIT',
  ]
  return [
    ...table('raw', [chains.guard]),
    ...table('nat', [chains.before, chains.publish, chains.after]),
    ...table('filter', [chains.forward]),
    '',
  ].join('\n')
}

function sourceOf(address: string | undefined): string {
  return address === undefined ? '-j MASQUERADE' : `-j SNAT --to-source ${address}`
}

function directTo({ address, protocol, port }: PortRule): string {
  return `-d ${address} -p ${protocol} -m ${protocol} --dport ${port} -j ACCEPT`
}

function destinationOf(rule: PortRule): string {
  const host = rule.hostIp === undefined ? '' : `-d ${rule.hostIp} `
  const target = rule.family === 'ip6' ? `[${rule.address}]:${rule.port}` : `${rule.address}:${rule.port}`
  return `${host}-p ${rule.protocol} -m ${rule.protocol} --dport ${rule.hostPort} -j DNAT --to-destination ${target}`
}
