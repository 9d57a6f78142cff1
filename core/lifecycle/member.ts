import type {
  AssemblyMember,
  ComponentModule,
  Descriptor,
  LockEntry,
  Provision,
  RunningComponent,
} from '@moby/contracts'
import { Handle } from '../kernel/handle.ts'
import { Offers } from '../kernel/offers.ts'
import { loadModule } from '../kernel/load-module.ts'

export interface MemberFacts {
  readonly name: string
  /** False: the assembly starts without it when it fails. */
  readonly required: boolean
  readonly locked: LockEntry
  readonly descriptor: Descriptor
  /** Where its payload lies. */
  readonly folder: string
  /** Checked, defaults filled in, frozen. */
  readonly config: Readonly<Record<string, unknown>>
}

/** A component of a running assembly, from before its creation until after its end. */
export class Member {
  readonly name: string
  readonly required: boolean
  readonly locked: LockEntry
  readonly descriptor: Descriptor
  readonly folder: string
  readonly config: Readonly<Record<string, unknown>>
  /** One for each contract that its descriptor promises. */
  readonly handles: readonly Handle[]
  /** Drivers that it found since it was created. */
  readonly offers: Offers
  readonly stopping = new AbortController()
  status: AssemblyMember['status'] = 'waiting'
  reason: string | undefined
  /** Milliseconds spent in creating and starting. */
  startMs: number | undefined
  /** Why it is not there. */
  error: unknown
  running: RunningComponent | undefined
  #module: Promise<ComponentModule<never>> | undefined

  constructor(facts: MemberFacts) {
    this.name = facts.name
    this.required = facts.required
    this.locked = facts.locked
    this.descriptor = facts.descriptor
    this.folder = facts.folder
    this.config = facts.config
    const component = `${facts.locked.use}@${facts.locked.version}`
    const [dynamic, fixed] = partition(facts.locked.provides)
    this.handles = fixed.map(({ contract, driver }) => new Handle({ contract, driver, component, entry: facts.name }))
    this.offers = new Offers({ provides: dynamic, component, entry: facts.name })
  }

  /** `storage (moby/storage-overlay 0.1.0)`. */
  get title(): string {
    return `${this.name} (${this.locked.use} ${this.locked.version})`
  }

  get isUp(): boolean {
    return this.running !== undefined
  }

  get provides(): readonly Provision[] {
    return this.locked.provides
  }

  /** Its code, loaded at the first call. A failure is for whoever waits for it. */
  load(): Promise<ComponentModule<never>> {
    if (this.#module === undefined) {
      this.#module = loadModule(this.folder, this.descriptor)
      this.#module.catch(() => undefined)
    }
    return this.#module
  }

  connect(running: RunningComponent): void {
    this.running = running
    for (const handle of this.handles) {
      handle.connect(running.provides[handle.contract] as Readonly<Record<string, unknown>>)
    }
  }

  disconnect(reason: string): void {
    this.running = undefined
    for (const handle of this.handles) handle.disconnect(reason)
    this.offers.withdrawAll(reason)
  }

  facts(): AssemblyMember {
    return {
      name: this.name,
      component: this.locked.use,
      version: this.locked.version,
      mode: this.locked.mode,
      provides: [...this.provides, ...this.offers.facts()],
      status: this.status,
      reason: this.reason,
      startMs: this.startMs,
    }
  }
}

function partition(provides: readonly Provision[]): [dynamic: Provision[], fixed: Provision[]] {
  const { dynamic = [], fixed = [] } = Object.groupBy(provides, (each) => (each.dynamic === true ? 'dynamic' : 'fixed'))
  return [dynamic, fixed]
}
