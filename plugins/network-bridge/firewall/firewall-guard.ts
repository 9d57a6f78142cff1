import type { Logger } from '@moby/contracts'
import type { Host } from '../host.ts'
import type { RuleBook } from './rule-book.ts'

/** What comes at once, as a flush does, is looked at once. */
const settleTime = 50
/** iptables that is not built on nftables tells nobody of its changes. */
const lookInterval = 30_000

/**
 * Puts the rules of the firewall back when something else flushes them. The kernel tells of every removal; whether it
 * concerns rules of ours is looked up.
 */
export class FirewallGuard {
  readonly #rules: RuleBook
  readonly #log: Logger
  readonly #foreign: () => Promise<void>
  readonly #watch: { close(): void } | undefined
  readonly #interval: NodeJS.Timeout | undefined
  #timer: NodeJS.Timeout | undefined
  #isForeign = false
  #closed = false

  constructor(parts: {
    readonly host: Host
    readonly instanceId: string
    readonly rules: RuleBook
    /** Brings what we have in chains of others up to date. */
    readonly foreign: () => Promise<void>
    readonly log: Logger
  }) {
    const { host, rules } = parts
    this.#rules = rules
    this.#log = parts.log
    this.#foreign = parts.foreign
    if (rules.kind === 'none') return
    const own = `moby-${parts.instanceId}`
    this.#watch = host.watchNetfilter((removal) => {
      if (removal !== 'lost' && removal.table !== own) this.#isForeign = true
      if (removal === 'lost' || removal.table === own || removal.table === 'filter' || rules.kind === 'iptables') {
        this.#lookSoon()
      }
    })
    if (rules.kind === 'iptables') this.#interval = setInterval(() => this.#lookSoon(), lookInterval).unref()
  }

  close(): void {
    this.#closed = true
    this.#watch?.close()
    clearInterval(this.#interval)
    clearTimeout(this.#timer)
  }

  #lookSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.#look()
    }, settleTime)
  }

  async #look(): Promise<void> {
    if (this.#closed) return
    try {
      await this.#rules.verify()
      if (this.#isForeign) {
        this.#isForeign = false
        await this.#foreign()
      }
    } catch (error) {
      this.#log.error('rules of the firewall were removed and could not be put back', { error: String(error) })
    }
  }
}
