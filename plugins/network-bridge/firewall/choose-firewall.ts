import { codedError } from '@moby/contracts'
import type { Host } from '../host.ts'
import { IptablesFirewall } from './iptables-firewall.ts'
import { NftablesFirewall } from './nftables-firewall.ts'
import { NoFirewall } from './no-firewall.ts'
import type { Firewall } from './rules.ts'

export type FirewallChoice = 'auto' | 'nftables' | 'iptables' | 'none'

/** The firewall that was asked for, or with `auto` the first that the host has. Fails with HOST_LACKS. */
export async function chooseFirewall(choice: FirewallChoice, host: Host, instanceId: string): Promise<Firewall> {
  if (choice === 'none') return new NoFirewall()
  if (choice === 'nftables') return new NftablesFirewall(host, instanceId)
  if (choice === 'iptables') return new IptablesFirewall(host, instanceId)
  if (await works(host, 'nft')) return new NftablesFirewall(host, instanceId)
  if (await works(host, 'iptables-restore')) return new IptablesFirewall(host, instanceId)
  throw codedError('HOST_LACKS', 'There is neither nft nor iptables on this host, so bridge networks cannot be made', {
    hint: "Install the package nftables, or set the component's `firewall` to none.",
  })
}

async function works(host: Host, program: string): Promise<boolean> {
  return (await host.execute(program, ['--version']))?.code === 0
}
