import type { ContractDefinition, Implementation } from '../component/contract.ts'

/**
 * What a case needs besides the driver: `restart`, or a fixture by its name. A case whose needs are not
 * met is not run, and the report names what was missing.
 */
export type Need<F> = 'restart' | (keyof F & string)

/** The driver under test, and what the one who tests can do around it. */
export interface Subject<C extends ContractDefinition, F> {
  /** The driver as it is now: after a restart another object may stand here. */
  readonly driver: Implementation<C>
  readonly fixtures: F
  /** Ends the driver's process, or what is nearest to it, without warning, and starts it again on the same state. */
  readonly restart?: (() => Promise<void>) | undefined
}

type Met<C extends ContractDefinition, F, N extends Need<F>> = {
  readonly driver: Implementation<C>
  readonly fixtures: F & { readonly [K in N & keyof F]-?: NonNullable<F[K]> }
} & ('restart' extends N ? { readonly restart: () => Promise<void> } : object)

/** One promise of a contract, as a check that needs no test runner: it resolves, or throws an AssertionError. */
export interface ConformanceCase {
  /** `storage.volume/mount-counts-users`: stable, for lists of exceptions and reports. */
  readonly id: string
  readonly contract: string
  /** Methods of the contract whose documentation it proves. */
  readonly methods: readonly string[]
  /** The promise, as a sentence. */
  readonly title: string
  readonly needs: readonly string[]
  /**
   * It may be run against a driver in use: it needs nothing, is quick, disturbs nobody, and takes away what it made, also
   * when it fails.
   */
  readonly smoke: boolean
  run(subject: Subject<never, never>): Promise<void>
}

interface CaseSpec<C extends ContractDefinition, F, N extends Need<F>> {
  readonly id: string
  readonly methods: readonly (keyof C['methods'] & string)[]
  readonly title: string
  readonly needs?: readonly N[]
  readonly smoke?: boolean
  run(subject: Met<C, F, N>): Promise<void>
}

/** Collects the cases of a contract; `F` names its fixtures, `needs` those without which no case can run. */
export class CaseBook<C extends ContractDefinition, F> {
  readonly cases: ConformanceCase[] = []
  readonly #contract: C
  readonly #needs: readonly Need<F>[]

  constructor(contract: C, needs: readonly Need<F>[] = []) {
    this.#contract = contract
    this.#needs = needs
  }

  prove<N extends Need<F> = never>(spec: CaseSpec<C, F, N>): void {
    this.cases.push({
      id: `${this.#contract.id}/${spec.id}`,
      contract: this.#contract.id,
      methods: spec.methods,
      title: spec.title,
      needs: [...this.#needs, ...(spec.needs ?? [])],
      smoke: spec.smoke ?? false,
      run: (subject) => spec.run(subject as unknown as Met<C, F, N>),
    })
  }
}

/** Needs of a case that a subject does not meet. */
export function missingNeeds<C extends ContractDefinition, F>(
  each: ConformanceCase,
  subject: Subject<C, F>,
): readonly string[] {
  return each.needs.filter((need) =>
    need === 'restart'
      ? subject.restart === undefined
      : (subject.fixtures as Record<string, unknown>)[need] === undefined,
  )
}

/** Runs a case on a subject of its contract that meets its needs. Fails as the case does. */
export async function runCase<C extends ContractDefinition, F>(
  each: ConformanceCase,
  subject: Subject<C, F>,
): Promise<void> {
  await each.run(subject as unknown as Subject<never, never>)
}
