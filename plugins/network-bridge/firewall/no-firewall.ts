import { codedError } from '@moby/contracts'
import type { Firewall, RuleChange, Rules } from './rules.ts'

/** Leaves packet filtering to the operator. Networks are neither isolated nor translated; publishing is refused. */
export class NoFirewall implements Firewall {
  readonly kind = 'none'

  async restore(rules: Rules): Promise<void> {
    this.change({ addPorts: [...rules.ports.values()] })
  }

  change(change: RuleChange): void {
    const [port] = change.addPorts ?? []
    if (port === undefined) return
    throw codedError('HOST_LACKS', `Port ${port.hostPort} cannot be published: the firewall is switched off`, {
      hint: "Set the component's `firewall` to auto, nftables or iptables.",
    })
  }

  holds(): boolean {
    return true
  }

  async remove(): Promise<void> {}
}
