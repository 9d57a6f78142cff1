import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contractCatalog, type ComponentSource, type ContractDefinition, type Implementation } from '@moby/contracts'
import { missingNeeds, type ConformanceCase, type Subject } from '@moby/contracts/conformance'
import { startSubject } from './assembly-subject.ts'
import { promisedBy, type CaseResult, type ConformReport } from './case-result.ts'
import { makeFixtures, type Fixtures } from './needs/fixtures.ts'
import { tryCase } from './run-case.ts'
import type { RunningSubject, SubjectSetting } from './subject.ts'

export interface ConformOptions {
  readonly setting: SubjectSetting
  /** Sources that a manifest may name. */
  readonly sourcesFor: (manifest: string) => readonly ComponentSource[]
  /** Cases of contracts that the component provides. */
  readonly cases: readonly ConformanceCase[]
  /** Fixtures that the tester gives, by contract; `false` takes one away that the command would make. */
  readonly fixtures: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Milliseconds that one case may take. */
  readonly timeoutMs: number
  /** Leaves the folders of subjects where they are. */
  readonly keep?: boolean
  /** The command that runs a case alone. */
  readonly again: (each: ConformanceCase) => string
  readonly onResult?: (result: CaseResult) => void
}

/** Runs cases of the kit against a component, contract by contract. Throws when the component does not start. */
export async function conformComponent(options: ConformOptions): Promise<ConformReport> {
  const { descriptor, folder, mode } = options.setting
  const at = new Date().toISOString()
  const results: CaseResult[] = []
  for (const id of new Set(options.cases.map(({ contract }) => contract))) {
    const contract = contractCatalog.get(id)
    if (contract === undefined) continue
    const bench = new Bench(options, contract)
    try {
      for (const each of options.cases.filter((one) => one.contract === id)) {
        const result = await bench.run(each)
        results.push(result)
        options.onResult?.(result)
      }
    } finally {
      await bench.clear()
    }
  }
  const count = (outcome: CaseResult['outcome']) => results.filter((each) => each.outcome === outcome).length
  return {
    component: descriptor.name,
    version: descriptor.version,
    folder,
    mode,
    at,
    passed: count('passed'),
    failed: count('failed'),
    notRun: count('not-run'),
    cases: results,
  }
}

interface Place {
  readonly root: string
  readonly running: RunningSubject
  readonly fixtures: Fixtures
}

/** One contract under test. Cases share a subject until one fails: what it left could make others fail. */
class Bench {
  readonly #options: ConformOptions
  readonly #contract: ContractDefinition
  #place: Place | undefined

  constructor(options: ConformOptions, contract: ContractDefinition) {
    this.#options = options
    this.#contract = contract
  }

  async run(each: ConformanceCase): Promise<CaseResult> {
    const { running, fixtures } = (this.#place ??= await this.#open())
    const head = { id: each.id, against: promisedBy(each, this.#contract), again: this.#options.again(each) }
    const contract = this.#contract
    const subject: Subject<ContractDefinition, unknown> = {
      get driver() {
        return running.driver(contract) as Implementation<ContractDefinition>
      },
      fixtures: this.#given(fixtures),
      restart: () => running.restart(),
    }
    const missing = missingNeeds(each, subject)
    if (missing.length > 0) return { ...head, outcome: 'not-run', reason: lacking(missing), ms: 0 }
    const logged = running.logSize()
    const began = performance.now()
    const failure = await tryCase(each, subject as never, this.#options.timeoutMs)
    const ms = Math.round(performance.now() - began)
    if (failure === undefined) return { ...head, outcome: 'passed', ms }
    const log = running.logSince(logged)
    await this.clear()
    return { ...head, outcome: 'failed', failure: { ...failure, log }, ms }
  }

  async clear(): Promise<void> {
    const place = this.#place
    this.#place = undefined
    if (place === undefined) return
    await place.fixtures.close().catch(() => undefined)
    await place.running.close()
    await this.#sweep(place.root)
  }

  async #open(): Promise<Place> {
    const root = await mkdtemp(join(tmpdir(), 'conform-'))
    try {
      const running = await startSubject(this.#options.setting, root, this.#options.sourcesFor)
      try {
        const fixtures = await makeFixtures(this.#contract.id, root, running.driver(this.#contract))
        return { root, running, fixtures }
      } catch (error) {
        await running.close()
        throw error
      }
    } catch (error) {
      await this.#sweep(root)
      throw error
    }
  }

  #given({ given }: Fixtures): object {
    const all = { ...given, ...this.#options.fixtures[this.#contract.id] }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== false))
  }

  async #sweep(root: string): Promise<void> {
    if (this.#options.keep !== true) await rm(root, { recursive: true, force: true })
  }
}

function lacking(needs: readonly string[]): string {
  return `nothing gives ${needs.join(' and ')}`
}
