import { codedError } from '@moby/contracts'
import {
  addressBytes,
  elementBytes,
  linkNameBytes,
  portBytes,
  type NetfilterFamily,
  type SetChange,
} from '@moby/lib-linux'
import type { Host } from '../host.ts'
import { countRules, nftScript, nftSets, nftSetsOf } from './nft-script.ts'
import {
  familyOf,
  goesOutByNat,
  type Firewall,
  type NetworkRule,
  type PortRule,
  type RuleChange,
  type Rules,
} from './rules.ts'

const families = ['ip', 'ip6'] as const
const protocolNumbers = { tcp: 6, udp: 17, sctp: 132 } as const

/** One table for each family; `nft` makes it, netlink changes its elements within some tens of microseconds. */
export class NftablesFirewall implements Firewall {
  readonly kind = 'nftables'
  readonly #host: Host
  readonly #table: string

  constructor(host: Host, instanceId: string) {
    this.#host = host
    this.#table = `moby-${instanceId}`
  }

  async restore(rules: Rules): Promise<void> {
    const script = this.#families(rules)
      .map((family) => nftScript(family, this.#table, rules))
      .join('')
    const result = await this.#host.execute('nft', ['-f', '-'], script)
    if (result?.code === 0) return
    throw codedError('HOST_LACKS', `nftables could not be programmed: ${result?.stderr.trim() ?? 'there is no nft'}`, {
      hint: "Install the package nftables, or set the component's `firewall` to iptables or none.",
    })
  }

  change(change: RuleChange, rules: Rules): void {
    for (const family of this.#families(rules)) {
      const added = (change.addPorts ?? []).filter((rule) => rule.family === family)
      const removed = (change.removePorts ?? []).filter((rule) => rule.family === family)
      this.#host.netfilter.changeElements(family, this.#table, [
        ...removed.map((rule) => portElement('delete', rule)),
        ...addressesWithout(removed, rules).map((address) => itselfElement('delete', address)),
        ...(change.removeNetworks ?? []).flatMap((rule) => networkElements('delete', rule, family)),
        ...(change.addNetworks ?? []).flatMap((rule) => networkElements('add', rule, family)),
        ...[...new Set(added.filter(({ direct }) => direct !== true).map((rule) => rule.address))].map((address) =>
          itselfElement('add', address),
        ),
        ...added.map((rule) => portElement('add', rule)),
      ])
    }
  }

  holds(rules: Rules): boolean {
    const { netfilter } = this.#host
    return this.#families(rules).every(
      (family) =>
        netfilter.countRules(family, this.#table) === countRules(family) &&
        nftSetsOf(family, rules).every(
          ({ name, elements }) => netfilter.countElements(family, this.#table, name) === elements.length,
        ),
    )
  }

  async remove(): Promise<void> {
    for (const family of families) this.#host.netfilter.deleteTable(family, this.#table)
  }

  /** IPv6 only where a network has it: not every kernel does. A table that is there stays in use. */
  #families(rules: Rules): readonly NetfilterFamily[] {
    const needed = [...rules.networks.values()].some((rule) =>
      rule.subnets.some((subnet) => familyOf(subnet) === 'ip6'),
    )
    return needed || this.#host.netfilter.tables('ip6').includes(this.#table) ? families : ['ip']
  }
}

function networkElements(change: 'add' | 'delete', rule: NetworkRule, family: NetfilterFamily): SetChange[] {
  const name = linkNameBytes(rule.bridge)
  const sets: SetChange[] = [{ change, set: nftSets.bridges, key: name }]
  if (rule.internal) sets.push({ change, set: nftSets.internal, key: name })
  if (goesOutByNat(rule, family)) {
    sets.push({ change, set: nftSets.outbound, key: name })
    const source = rule.sources[family]
    if (source !== undefined) {
      sets.push({ change, set: nftSets.sources, key: name, data: elementBytes(addressBytes(source)) })
    }
  }
  const mode = rule.modes[family]
  if (mode === 'nat-unprotected') sets.push({ change, set: nftSets.unprotected, key: name })
  if (mode === 'routed') sets.push({ change, set: nftSets.routed, key: name })
  for (const link of rule.trusted) {
    sets.push({ change, set: nftSets.trusted, key: elementBytes(linkNameBytes(link), name) })
  }
  if (rule.icc) sets.push({ change, set: nftSets.within, key: elementBytes(name, name) })
  return sets
}

/** Addresses that have no published port any more. */
function addressesWithout(removed: readonly PortRule[], rules: Rules): string[] {
  if (removed.length === 0) return []
  const redirected = (each: readonly PortRule[]) =>
    each.filter(({ direct }) => direct !== true).map((rule) => rule.address)
  const still = new Set(redirected([...rules.ports.values()]))
  return [...new Set(redirected(removed))].filter((address) => !still.has(address))
}

function itselfElement(change: 'add' | 'delete', address: string): SetChange {
  const bytes = addressBytes(address)
  return { change, set: nftSets.itself, key: elementBytes(bytes, bytes) }
}

function portElement(change: 'add' | 'delete', rule: PortRule): SetChange {
  const protocol = Uint8Array.of(protocolNumbers[rule.protocol])
  if (rule.direct === true) {
    return {
      change,
      set: nftSets.direct,
      key: elementBytes(addressBytes(rule.address), protocol, portBytes(rule.port)),
    }
  }
  const port = portBytes(rule.hostPort)
  const data = elementBytes(addressBytes(rule.address), portBytes(rule.port))
  return rule.hostIp === undefined
    ? { change, set: nftSets.anywhere, key: elementBytes(protocol, port), data }
    : { change, set: nftSets.at, key: elementBytes(addressBytes(rule.hostIp), protocol, port), data }
}
