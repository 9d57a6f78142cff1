import { errorKinds } from './contracts/error-kinds.ts'

/**
 * What a component in TypeScript needs, without any package: the marks by which the kernel knows a component and an
 * error, and the types of what it is given. A component of a workspace with `@moby/contracts` uses that instead.
 */

/** Structured log; fields are plain JSON. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/** What a method is told about the call that it serves. */
export interface Call {
  /** Aborted when the caller gives up, or its deadline has passed. */
  readonly signal?: AbortSignal | undefined
  /** Correlation id. */
  readonly id?: string | undefined
}

export interface Context<Config = Readonly<Record<string, unknown>>> {
  /** Name of the entry in the assembly. */
  readonly name: string
  /** Checked against `config` of component.yaml, defaults filled in. */
  readonly config: Config
  /** Folders of this component alone: state, and what need not survive a reboot. */
  readonly folders: { readonly data: string; readonly run: string }
  readonly log: Logger
  /** Aborted when the component is asked to stop. */
  readonly signal: AbortSignal
  /** Tells that it works with restrictions, or works again (undefined). */
  degraded(reason: string | undefined): void
}

export interface Running {
  /** An implementation of each contract that component.yaml provides, by its id. */
  readonly provides: Readonly<Record<string, unknown>>
  /** Called once every component has been created, and after each restart. */
  start?(): Promise<void>
  stop?(reason: 'leave-containers' | 'stop-containers'): Promise<void>
}

export interface Component<Config = Readonly<Record<string, unknown>>> {
  create(context: Context<Config>): Promise<Running>
}

/** Marks the default export of the entry. */
export function defineComponent<Config>(component: Component<Config>): Component<Config> {
  return Object.assign(component, { [Symbol.for('moby.component')]: true })
}

/** The only error that crosses the boundary of a component: `code` is of the table of errors. */
export class CodedError extends Error {
  readonly code: string
  /** What it means to a caller, whatever its code. */
  readonly kind: string
  /** The remedy, as one sentence. */
  readonly hint: string | undefined

  /** `kind` is only for codes that are not in the table. */
  constructor(code: string, message: string, options: { readonly hint?: string; readonly kind?: string } = {}) {
    super(message)
    this.code = code
    this.kind = errorKinds[code] ?? options.kind ?? 'internal'
    this.hint = options.hint
    Object.assign(this, { [Symbol.for('moby.coded-error')]: true })
  }
}
