import type { NetfilterFamily } from '@moby/lib-linux'
import type { GatewayMode } from '../network-options.ts'

/** What the firewall must do for one network. */
export interface NetworkRule {
  readonly bridge: string
  /** Nothing goes in or out, only within. */
  readonly internal: boolean
  /** Containers may talk to each other. */
  readonly icc: boolean
  readonly masquerade: boolean
  readonly modes: Readonly<Record<NetfilterFamily, GatewayMode>>
  /** Addresses of the host with which containers go out, where they are chosen. */
  readonly sources: Partial<Record<NetfilterFamily, string>>
  /** Links of the host by which published ports are reached at the containers' own addresses. */
  readonly trusted: readonly string[]
  /** `10.1.0.0/16`, of both families. */
  readonly subnets: readonly string[]
}

/** One redirection of a port of the host, or with `direct` a port at which a container itself may be reached. */
export interface PortRule {
  readonly family: NetfilterFamily
  readonly direct?: true
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  /** Absent: every address of the host. */
  readonly hostIp?: string
  readonly hostPort: number
  readonly address: string
  readonly port: number
}

/** All that the firewall must do. */
export interface Rules {
  readonly networks: ReadonlyMap<string, NetworkRule>
  readonly ports: ReadonlyMap<string, PortRule>
}

export interface RuleChange {
  readonly addNetworks?: readonly NetworkRule[]
  readonly removeNetworks?: readonly NetworkRule[]
  readonly addPorts?: readonly PortRule[]
  readonly removePorts?: readonly PortRule[]
}

/** One way to program packet filtering on a host. Only tables and chains of this instance are ever changed. */
export interface Firewall {
  readonly kind: 'nftables' | 'iptables' | 'none'
  /** Makes the host agree with the rules, whatever was there, without a moment in which published ports are shut. */
  restore(rules: Rules): Promise<void>
  /** Makes one change of rules that were restored before; `rules` are those after it. */
  change(change: RuleChange, rules: Rules): void | Promise<void>
  /** False when something of the restored rules was removed from the host by others. */
  holds(rules: Rules): boolean | Promise<boolean>
  /** Removes all that the instance has on the host. */
  remove(): Promise<void>
}

/** Two rules of one key would claim the same port. */
export function portKey(rule: PortRule): string {
  if (rule.direct === true) return `${rule.family} ${rule.protocol} direct ${rule.address} ${rule.port}`
  return `${rule.family} ${rule.protocol} ${rule.hostIp ?? '*'} ${rule.hostPort}`
}

/** Whether what leaves the network by a family gets an address of the host. */
export function goesOutByNat({ internal, masquerade, modes }: NetworkRule, family: NetfilterFamily): boolean {
  return masquerade && !internal && modes[family] !== 'routed'
}

export function familyOf(address: string): NetfilterFamily {
  return address.includes(':') ? 'ip6' : 'ip'
}
