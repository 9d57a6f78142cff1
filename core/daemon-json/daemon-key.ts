import type { Static, TSchema } from 'typebox'
import type { LogFormat, LogLevel } from '../kernel/log.ts'

/** Who takes a setting: the component that provides a contract, of several the driver with the name. */
export interface Taker {
  /** Id of the contract; absent: the one component whose configuration has the key. */
  readonly contract?: string
  readonly driver?: string
}

/** A value for the configuration of a component. */
export interface Setting {
  readonly taker: Taker
  /** Keys from the top of the configuration. */
  readonly path: readonly string[]
  readonly value: unknown
}

/** What a `daemon.json` says to the command that runs the engine. */
export interface EngineSettings {
  readonly dataRoot?: string
  readonly logLevel?: LogLevel
  readonly logFormat?: LogFormat
  readonly pidFile?: string
  /** Containers end with the engine. */
  readonly stopContainers?: boolean
}

/** What becomes of a key. */
export type Outcome =
  | { readonly fate: 'taken'; readonly settings?: readonly Setting[]; readonly engine?: EngineSettings }
  /** It asks for what holds here anyway. */
  | { readonly fate: 'holds'; readonly because: string }
  /** It does nothing here, and nobody is harmed by that. */
  | { readonly fate: 'ignored'; readonly because: string }
  /** To leave it out silently would not be what was asked for. */
  | { readonly fate: 'refused'; readonly because: string; readonly hint: string }
  /** The value cannot be, which its type does not tell. */
  | { readonly fate: 'wrong'; readonly because: string; readonly hint: string }

export type Values = Readonly<Record<string, unknown>>

/** A key of `daemon.json`. */
export interface DaemonKey {
  readonly type: TSchema
  /** `all` are the values of the whole file, for keys that belong together. */
  read(value: unknown, all: Values): Outcome
}

/** Joins the type of a key with what becomes of a value of it. */
export function key<T extends TSchema>(type: T, read: (value: Static<T>, all: Values) => Outcome): DaemonKey {
  return { type, read: (value, all) => read(value as Static<T>, all) }
}

export function taken(...settings: readonly Setting[]): Outcome {
  return { fate: 'taken', settings }
}

export function takenByEngine(engine: EngineSettings): Outcome {
  return { fate: 'taken', engine }
}

export function holds(because: string): Outcome {
  return { fate: 'holds', because }
}

export function ignored(because: string): Outcome {
  return { fate: 'ignored', because }
}

export function refused(because: string, hint: string): Outcome {
  return { fate: 'refused', because, hint }
}

export function wrong(because: string, hint: string): Outcome {
  return { fate: 'wrong', because, hint }
}
