import type { ContractDefinition } from '@moby/contracts'
import type { ConformanceCase } from '@moby/contracts/conformance'
import type { TestableMode } from './subject.ts'

/** The line of the contract that a case proves. */
export interface Promised {
  readonly contract: string
  readonly version: string
  /** The promise, as a sentence. */
  readonly promise: string
  /** Methods that it is about, each with its words in the contract. */
  readonly methods: readonly { readonly name: string; readonly doc: string }[]
}

/** What went wrong in a case. */
export interface CaseFailure {
  readonly message: string
  /** Code of a coded error that the case did not expect. */
  readonly code?: string
  readonly expected?: string
  readonly actual?: string
  /** Where in the kit the check stands: `storage-volume.ts:120`. */
  readonly at?: string
  /** The last lines of the component's log since the case began; calls that failed are told there too. */
  readonly log: readonly string[]
}

/** How one case ended. */
export interface CaseResult {
  /** `storage.volume/files-stay` */
  readonly id: string
  readonly against: Promised
  readonly outcome: 'passed' | 'failed' | 'not-run'
  /** Why it was not run. */
  readonly reason?: string
  readonly failure?: CaseFailure
  /** The command that runs this case alone. */
  readonly again: string
  /** Milliseconds. */
  readonly ms: number
}

/** One run of the kit. */
export interface ConformReport {
  readonly component: string
  readonly version: string
  readonly folder: string
  readonly mode: TestableMode
  /** When it began, RFC 3339. */
  readonly at: string
  readonly passed: number
  readonly failed: number
  readonly notRun: number
  readonly cases: readonly CaseResult[]
}

export function promisedBy(each: ConformanceCase, contract: ContractDefinition): Promised {
  return {
    contract: contract.id,
    version: contract.version,
    promise: each.title,
    methods: each.methods.map((name) => ({ name, doc: contract.methods[name]?.doc ?? '' })),
  }
}
