import { codedError } from '@moby/contracts'
import type { NetfilterFamily } from '@moby/lib-linux'
import type { Host } from '../host.ts'
import { iptablesRemoval, iptablesScript, jumps, type Jump } from './iptables-script.ts'
import { familyOf, type Firewall, type RuleChange, type Rules } from './rules.ts'

const programs = { ip: 'iptables', ip6: 'ip6tables' } as const

/** For hosts without nftables: chains of our own, replaced as a whole with every change. */
export class IptablesFirewall implements Firewall {
  readonly kind = 'iptables'
  readonly #host: Host
  readonly #instanceId: string

  constructor(host: Host, instanceId: string) {
    this.#host = host
    this.#instanceId = instanceId
  }

  async restore(rules: Rules): Promise<void> {
    for (const family of this.#families(rules)) {
      const { missing } = await this.#findJumps(family)
      await this.#load(family, iptablesScript(family, this.#instanceId, rules, missing))
    }
  }

  change(_change: RuleChange, rules: Rules): Promise<void> {
    return this.restore(rules)
  }

  /** Every chain that was written has as many rules still, and the jumps into them are there. */
  async holds(rules: Rules): Promise<boolean> {
    // As they are now: a change may be noted meanwhile, and waits.
    const now = { networks: new Map(rules.networks), ports: new Map(rules.ports) }
    for (const family of this.#families(now)) {
      const saved = (await this.#host.execute(`${programs[family]}-save`, []))?.stdout ?? ''
      const { missing } = await this.#findJumps(family)
      const written = iptablesScript(family, this.#instanceId, now, [])
      if (missing.length > 0 || countRules(saved, this.#instanceId) < countRules(written, this.#instanceId))
        return false
    }
    return true
  }

  async remove(): Promise<void> {
    for (const family of ['ip', 'ip6'] as const) {
      const saved = await this.#host.execute(`${programs[family]}-save`, [])
      if (saved === undefined || !saved.stdout.includes(`:MOBY-${this.#instanceId}-`)) continue
      const { present } = await this.#findJumps(family)
      await this.#load(family, iptablesRemoval(this.#instanceId, present))
    }
  }

  #families(rules: Rules): readonly NetfilterFamily[] {
    const needed = [...rules.networks.values()].some((rule) =>
      rule.subnets.some((subnet) => familyOf(subnet) === 'ip6'),
    )
    return needed ? ['ip', 'ip6'] : ['ip']
  }

  async #findJumps(family: NetfilterFamily): Promise<{ present: Jump[]; missing: Jump[] }> {
    const saved = await this.#host.execute(`${programs[family]}-save`, [])
    const present: Jump[] = []
    const missing: Jump[] = []
    const tables = (saved?.stdout ?? '').split(/^\*/m)
    for (const jump of jumps(this.#instanceId)) {
      const table = tables.find((text) => text.startsWith(`${jump.table}\n`)) ?? ''
      const found = table.split('\n').includes(`-A ${jump.from} ${jump.words}`)
      ;(found ? present : missing).push(jump)
    }
    return { present, missing }
  }

  async #load(family: NetfilterFamily, script: string): Promise<void> {
    const program = `${programs[family]}-restore`
    const result = await this.#host.execute(program, ['--noflush', '--wait', '5'], script)
    if (result?.code === 0) return
    throw codedError(
      'HOST_LACKS',
      `iptables could not be programmed: ${result?.stderr.trim() ?? `there is no ${program}`}`,
      {
        hint: "Install the package iptables, or set the component's `firewall` to nftables or none.",
      },
    )
  }
}

function countRules(text: string, instanceId: string): number {
  return text.split('\n').filter((line) => line.startsWith(`-A MOBY-${instanceId}-`)).length
}
