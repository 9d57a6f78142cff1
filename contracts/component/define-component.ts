import type { ContractDefinition, Implementation } from './contract.ts'

/** Structured log of a component; fields are plain JSON. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/** What a running engine is called on its host: part of every name that is global there. */
export interface Instance {
  /** Eight lower-case hexadecimal digits derived from the real path of the data root. */
  readonly id: string
  /** Absolute. Survives reboots. */
  readonly dataRoot: string
  /** Absolute. For sockets, FIFOs and mount points; need not survive a reboot. */
  readonly runRoot: string
}

/** One driver among several of a contract. */
export interface NamedDriver<C extends ContractDefinition> {
  readonly name: string
  /** Component that provides it, `scope/name@version`. */
  readonly component: string
  readonly handle: Implementation<C>
}

/**
 * Whom a driver is looked up for. `object`: something that has it already. `new`: something that is about to be made;
 * a driver that was removed from the assembly is there only for what has it.
 */
export type DriverUse = 'object' | 'new'

/** All drivers of a contract in the assembly. The set is live: look a driver up when it is needed. */
export interface DriverSet<C extends ContractDefinition> {
  /** Fails with DRIVER_UNKNOWN (naming those that exist) or DRIVER_AWAY. Absent use: `object`. */
  get(name: string, use?: DriverUse): Implementation<C>
  has(name: string, use?: DriverUse): boolean
  /** Those that can be used now. Absent use: `new`. */
  list(use?: DriverUse): readonly NamedDriver<C>[]
}

/** Everything a component may hold. The kernel makes one for each component before `create`. */
export interface ComponentContext<Config = Readonly<Record<string, unknown>>> {
  /** Name of the instance in the assembly: the key in the manifest. */
  readonly name: string
  readonly component: { readonly name: string; readonly version: string }
  /** Checked against the descriptor's schema, defaults filled in, frozen. */
  readonly config: Config
  readonly instance: Instance
  /** Folders of this component alone, made with mode 0700: state and run-time files. */
  readonly folders: { readonly data: string; readonly run: string }
  /** The assembly, for front-ends that tell about it. */
  readonly assembly: AssemblyFacts
  readonly log: Logger
  /** Aborted when the component is asked to stop. */
  readonly signal: AbortSignal
  /** The one provider of a required contract. Fails with DRIVER_UNKNOWN when it is not in `requires`. */
  one<C extends ContractDefinition>(contract: C): Implementation<C>
  /** The provider of an optional requirement, if the assembly has one. */
  maybe<C extends ContractDefinition>(contract: C): Implementation<C> | undefined
  /** Every provider of a contract that is required with `many: true`. */
  many<C extends ContractDefinition>(contract: C): DriverSet<C>
  /**
   * Offers a driver that was found while the component runs, of a contract that its descriptor provides with
   * `dynamic: true`. Those who take many drivers of the contract see it at once, under this name. Answers a function
   * that takes it back: whoever still holds it then gets DRIVER_AWAY with the given reason. Fails with
   * DRIVER_NAME_TAKEN when another driver has the name, and leaves that one alone.
   */
  offer<C extends ContractDefinition>(contract: C, name: string, driver: Implementation<C>): (reason: string) => void
  /** Tells the kernel that the component works with restrictions, or works again (undefined). */
  degraded(reason: string | undefined): void
}

/** One component of the running assembly, as `moby ls` shows it. */
export interface AssemblyMember {
  readonly name: string
  readonly component: string
  readonly version: string
  readonly mode: string
  readonly provides: readonly { contract: string; version: string; driver?: string | undefined }[]
  /** `away`: its process is gone, and the kernel starts it again as `reason` tells. */
  readonly status: 'waiting' | 'starting' | 'ready' | 'degraded' | 'away' | 'failed' | 'stopped'
  readonly reason?: string | undefined
  /** `retired`: removed from the assembly, and there for what still uses it. */
  readonly standing?: 'retired' | undefined
  /** What the assembly wants of it and only its next start can do. */
  readonly pending?: string | undefined
  readonly startMs?: number | undefined
}

/** The running assembly, as it is at the moment of each question. */
export interface AssemblyFacts {
  readonly name: string
  readonly version: string
  /** Every component; a component in a process of its own sees itself alone. */
  members(): readonly AssemblyMember[]
  /** Calls the listener whenever the status of a member has changed, until the answered function is called. */
  watch(listener: (member: AssemblyMember) => void): () => void
}

/** A component that was created. */
export interface RunningComponent {
  /** One implementation a provided contract, by contract id. */
  readonly provides: Readonly<Record<string, unknown>>
  /**
   * Called once every component of the assembly has been created, in order of dependency: the place
   * to open a front door or to take up work that was left.
   */
  start?(): Promise<void>
  /**
   * Called when somebody names a driver that nobody offers, of a contract (its id) that the component provides with
   * `dynamic: true`. What it finds under that name it offers before it returns. It answers at once and waits for
   * nothing: what takes time is for the first call of the driver.
   */
  discover?(contract: string, name: string): void
  /**
   * Called with a driver of a contract that is taken with `many`, when a new life of it takes over from the last and
   * before anybody else reaches it: the place to tell it what it forgot with its process. A failure keeps the old life.
   * In mode `module` alone.
   */
  remind?(contract: string, driver: string, implementation: unknown): Promise<void>
  /**
   * What holds a driver of a contract, in the words of a user (`container web`); none: it can go. Asked when its
   * component is removed from the assembly, and from then on until nobody holds it. In mode `module` alone.
   */
  holds?(contract: string, driver: string): readonly string[]
  /**
   * Takes a new configuration, checked and with defaults, while the component runs. It checks the whole and prepares
   * what can fail; nothing has changed for users until the answered function is called, which must not fail. Fails with
   * RECONFIGURE_LATER for a change that only a new start can make, with another error for one that is wrong. In mode
   * `module` alone.
   */
  reconfigure?(config: Readonly<Record<string, unknown>>): Promise<() => void>
  /** Called in reverse order. Users of this component have stopped by then. */
  stop?(reason: StopReason): Promise<void>
}

/** `leave-containers`: workloads go on without the engine. `stop-containers`: end them and clean up. */
export type StopReason = 'leave-containers' | 'stop-containers'

export interface ComponentModule<Config = Readonly<Record<string, unknown>>> {
  /**
   * Makes the component ready to serve its contracts. What it requires is ready by then. It must not
   * block on anything slow that a user did not ask for, and leaves nothing behind when it throws.
   */
  create(context: ComponentContext<Config>): Promise<RunningComponent>
}

const componentMark = Symbol.for('moby.component')

/** Marks the default export of a component's entry. */
export function defineComponent<Config = Readonly<Record<string, unknown>>>(
  module: ComponentModule<Config>,
): ComponentModule<Config> {
  return Object.assign(module, { [componentMark]: true })
}

/** True for what `defineComponent` of any copy of this package made. */
export function isComponentModule(value: unknown): value is ComponentModule<never> {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[componentMark] === true
}

/** Types an object as the implementation of a contract, so that the compiler checks each method. */
export function implement<C extends ContractDefinition>(
  _contract: C,
  implementation: Implementation<C>,
): Implementation<C> {
  return implementation
}
