import type { Logger } from '@moby/contracts'
import { portKey, type Firewall, type NetworkRule, type PortRule, type RuleChange, type Rules } from './rules.ts'

/**
 * All rules of the instance, and the firewall kept in agreement with them. Whatever else happens to the host's
 * rules, the next change puts back what is missing.
 */
export class RuleBook implements Rules {
  readonly networks = new Map<string, NetworkRule>()
  readonly ports = new Map<string, PortRule>()
  readonly #firewall: Firewall
  readonly #log: Logger
  #restored = false
  #work: Promise<unknown> | undefined
  /** Changes that are noted and do not hold yet. */
  #changes = 0

  constructor(firewall: Firewall, log: Logger) {
    this.#firewall = firewall
    this.#log = log
  }

  get kind(): Firewall['kind'] {
    return this.#firewall.kind
  }

  /** Notes rules that hold since an earlier process, without touching the host. */
  adopt(networks: readonly NetworkRule[], ports: readonly PortRule[]): void {
    for (const rule of networks) this.networks.set(rule.bridge, rule)
    for (const rule of ports) this.ports.set(portKey(rule), rule)
  }

  /** Changes rules. It answers when they hold; a change that fails is not noted. */
  async apply(change: RuleChange): Promise<void> {
    this.#note(change)
    this.#changes += 1
    // Restoring takes the rules as they are when it begins, so that no change may go on beside it.
    while (this.#work !== undefined) await this.#work.catch(() => undefined)
    try {
      if (this.#restored) await this.#changeOrRestore(change)
      else await this.#restore()
    } catch (error) {
      this.#note(inverseOf(change))
      throw error
    } finally {
      this.#changes -= 1
    }
  }

  /** Makes the host agree with all rules. */
  async restore(): Promise<void> {
    while (this.#work !== undefined) await this.#work.catch(() => undefined)
    await this.#restore()
  }

  /** Puts back what others have removed from the host. */
  async verify(): Promise<void> {
    while (this.#changes > 0 || this.#work !== undefined) {
      await (this.#work?.catch(() => undefined) ?? new Promise((resolve) => setImmediate(resolve)))
    }
    if (!this.#restored) return
    const holds = this.#firewall.holds(this)
    // As long as it is looked at nothing may change.
    if (typeof holds === 'boolean' ? holds : await this.#exclusively(holds)) return
    this.#log.warn('rules of the firewall were removed by something else and are put back')
    await this.restore()
  }

  /** Takes all rules off the host. */
  async remove(): Promise<void> {
    while (this.#work !== undefined) await this.#work.catch(() => undefined)
    await this.#firewall.remove()
    this.networks.clear()
    this.ports.clear()
    this.#restored = false
  }

  async #changeOrRestore(change: RuleChange): Promise<void> {
    try {
      const pending = this.#firewall.change(change, this)
      if (pending !== undefined) await this.#exclusively(pending)
    } catch (error) {
      this.#log.warn('the firewall did not take a change and is programmed anew', { error: String(error) })
      await this.#restore()
    }
  }

  async #restore(): Promise<void> {
    await this.#exclusively(this.#firewall.restore(this))
    this.#restored = true
  }

  async #exclusively<T>(work: Promise<T>): Promise<T> {
    this.#work = work
    try {
      return await work
    } finally {
      this.#work = undefined
    }
  }

  #note(change: RuleChange): void {
    for (const rule of change.removeNetworks ?? []) this.networks.delete(rule.bridge)
    for (const rule of change.removePorts ?? []) this.ports.delete(portKey(rule))
    for (const rule of change.addNetworks ?? []) this.networks.set(rule.bridge, rule)
    for (const rule of change.addPorts ?? []) this.ports.set(portKey(rule), rule)
  }
}

function inverseOf(change: RuleChange): RuleChange {
  return {
    addNetworks: change.removeNetworks ?? [],
    removeNetworks: change.addNetworks ?? [],
    addPorts: change.removePorts ?? [],
    removePorts: change.addPorts ?? [],
  }
}
