import type { ContractDefinition, Descriptor, Implementation } from '@moby/contracts'

/** Run modes in which the kit can start a component. */
export const testableModes = ['process', 'container', 'module'] as const
export type TestableMode = (typeof testableModes)[number]

/** What is needed to start the component under test, again and again. */
export interface SubjectSetting {
  /** Absolute folder of the component. */
  readonly folder: string
  readonly descriptor: Descriptor
  readonly mode: TestableMode
  /** As written by the tester; defaults of the schema are filled in at the start. */
  readonly config: Readonly<Record<string, unknown>>
  /** Absolute folders of components that provide what it requires, those that need others after them. */
  readonly neighbours: readonly string[]
}

/** The component under test while it runs. */
export interface RunningSubject {
  /** Its driver of a contract as it is now: after a restart another object may stand here. */
  driver<C extends ContractDefinition>(contract: C): Implementation<C>
  /** Ends it without warning and starts it again on the same folders. */
  restart(): Promise<void>
  /** Stops it, and its workloads with it. */
  close(): Promise<void>
  /** Bytes of its log. */
  logSize(): number
  /** The last lines of what came after so many bytes. */
  logSince(size: number): readonly string[]
}
