import type { AssemblyMember, Descriptor, LockEntry, Provision } from '@moby/contracts'
import { Handle } from '../kernel/handle.ts'
import { Offers } from '../kernel/offers.ts'
import type { Running } from './runner.ts'

export interface MemberFacts {
  readonly name: string
  /** False: the assembly starts without it when it fails. */
  readonly required: boolean
  readonly locked: LockEntry
  readonly descriptor: Descriptor
  /** Where its payload lies. */
  readonly folder: string
  /** Folders outside of it that its code is read from, if they are not those of the engine. */
  readonly sees?: readonly string[] | undefined
  /** Checked, defaults filled in, frozen. */
  readonly config: Readonly<Record<string, unknown>>
}

/** Where a component stands, without what restricts it. */
export type Phase = 'waiting' | 'starting' | 'up' | 'away' | 'failed' | 'stopped'

/** Who says that a component works with restrictions: itself, its answers to the kernel, the graph. */
export type RestrictionSource = 'own' | 'health' | 'needs'

/**
 * A component of a running assembly, from before its creation until after its end. Another version of it is another
 * member, which has the same handles.
 */
export class Member {
  /** One for each contract that its descriptor promises. */
  readonly handles: readonly Handle[]
  /** Drivers that it found since it was created. */
  readonly offers: Offers
  /** Milliseconds spent in creating and starting. */
  startMs: number | undefined
  /** Why it is not there. */
  error: unknown
  running: Running | undefined
  /** Aborted when this life of the component ends; each life has its own. */
  stopping = new AbortController()
  /** Told whenever status or reason have changed. */
  onChange: (member: Member) => void = () => undefined
  /** Removed from the assembly, and there for what still uses it. */
  isRetired = false
  #pending: string | undefined
  #facts: MemberFacts
  readonly #restrictions = new Map<RestrictionSource, string>()
  #phase: Phase = 'waiting'
  #phaseReason: string | undefined
  #told = ''

  /** `inherited`: handles that others hold and that lose their component; it takes over those that it provides. */
  constructor(facts: MemberFacts, inherited: readonly Handle[] = []) {
    this.#facts = facts
    const owner = this.#owner
    const [dynamic, fixed] = partition(facts.locked.provides)
    this.handles = fixed.map(
      ({ contract, driver }) =>
        inherited.find((each) => each.contract === contract && each.driver === driver) ??
        new Handle({ contract, driver, ...owner }),
    )
    this.offers = new Offers({ provides: dynamic, ...owner })
  }

  get facts(): MemberFacts {
    return this.#facts
  }

  get name(): string {
    return this.#facts.name
  }

  get required(): boolean {
    return this.#facts.required
  }

  get locked(): LockEntry {
    return this.#facts.locked
  }

  get descriptor(): Descriptor {
    return this.#facts.descriptor
  }

  get folder(): string {
    return this.#facts.folder
  }

  get sees(): readonly string[] {
    return this.#facts.sees ?? []
  }

  get config(): Readonly<Record<string, unknown>> {
    return this.#facts.config
  }

  get #owner() {
    return { component: `${this.locked.use}@${this.locked.version}`, entry: this.name }
  }

  /** `storage (moby/storage-overlay 0.1.0)`. */
  get title(): string {
    return `${this.name} (${this.locked.use} ${this.locked.version})`
  }

  get isUp(): boolean {
    return this.running !== undefined
  }

  /** False for what lives and dies with the engine. */
  get canComeBack(): boolean {
    return this.locked.mode !== 'module'
  }

  get provides(): readonly Provision[] {
    return this.locked.provides
  }

  get phase(): Phase {
    return this.#phase
  }

  get status(): AssemblyMember['status'] {
    if (this.#phase !== 'up') return this.#phase
    return this.#restrictions.size === 0 ? 'ready' : 'degraded'
  }

  get reason(): string | undefined {
    if (this.#phase !== 'up') return this.#phaseReason
    return this.#restrictions.size === 0 ? undefined : [...new Set(this.#restrictions.values())].join('; ')
  }

  enter(phase: Phase, reason?: string): void {
    this.#phase = phase
    this.#phaseReason = reason
    this.#tell()
  }

  /** Notes that it works with restrictions, by who says so; without reason, that it does not any more. */
  restrict(source: RestrictionSource, reason: string | undefined): void {
    if (reason === undefined) this.#restrictions.delete(source)
    else this.#restrictions.set(source, reason)
    this.#tell()
  }

  restriction(source: RestrictionSource): string | undefined {
    return this.#restrictions.get(source)
  }

  /** What the assembly says of it now, of the same component and provisions. */
  adopt(facts: MemberFacts): void {
    this.#facts = facts
  }

  get pending(): string | undefined {
    return this.#pending
  }

  /** Notes what its next start will do that this life of it cannot. */
  await(pending: string | undefined): void {
    this.#pending = pending
  }

  connect(running: Running): void {
    this.running = running
    for (const handle of this.handles) handle.connect(implementationOf(running, handle.contract), this.#owner)
    this.offers.settle()
  }

  /** Its life is over, and its handles are the affair of whoever takes over. */
  leave(phase: 'starting' | 'stopped', reason: string): void {
    this.running = undefined
    this.enter(phase, reason)
  }

  disconnect(reason: string): void {
    this.running = undefined
    for (const handle of this.handles) handle.disconnect(reason)
    if (this.canComeBack) this.offers.disconnectAll(reason)
    else this.offers.withdrawAll(reason)
  }

  tell(): AssemblyMember {
    return {
      name: this.name,
      component: this.locked.use,
      version: this.locked.version,
      mode: this.locked.mode,
      provides: [...this.provides, ...this.offers.facts()],
      status: this.status,
      reason: this.reason,
      standing: this.isRetired ? 'retired' : undefined,
      pending: this.#pending,
      startMs: this.startMs,
    }
  }

  #tell(): void {
    const now = `${this.status} ${this.reason ?? ''}`
    if (now === this.#told) return
    this.#told = now
    this.onChange(this)
  }
}

function partition(provides: readonly Provision[]): [dynamic: Provision[], fixed: Provision[]] {
  const { dynamic = [], fixed = [] } = Object.groupBy(provides, (each) => (each.dynamic === true ? 'dynamic' : 'fixed'))
  return [dynamic, fixed]
}

/** What a component that runs offers of a contract. */
export function implementationOf(running: Running, contract: string): Readonly<Record<string, unknown>> {
  return running.provides[contract] as Readonly<Record<string, unknown>>
}
