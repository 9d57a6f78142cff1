import { basename } from 'node:path'
import { KitProcess, type Outcome } from './kit-process.ts'
import { isChosen } from './sample.ts'
import { passUnitTests } from './unit-tests.ts'
import type { Question } from './verdict.ts'

/** What the mutation testing library says of a run. */
interface MutantRun {
  readonly activeMutant: MutantNow
}

interface MutantNow {
  readonly id: string
  readonly fileName: string
  readonly mutatorName: string
  readonly replacement: string
  readonly location: { readonly start: { readonly line: number; readonly column: number } }
}

interface Options {
  readonly kit: {
    readonly plugin: string
    /** Mutants that the unit tests have found already, as `nameOf` tells them. */
    readonly foundByUnit: readonly string[]
    /** The unit tests are not asked. */
    readonly alone: boolean
    /** Of so many mutants one is tried. */
    readonly oneIn: number
  }
}

/** The id of all unit tests of a driver together. */
export const unitTests = 'unit'

/** Passes of a mutant's place, over those of the sound driver, after which it is a loop without end. */
const hitFactor = 100

/**
 * A test runner for the mutation testing library: the conformance cases of a driver in a process that stays, and where
 * they find nothing the driver's own unit tests. A case that fails is tried again on the sound driver in the same
 * process, and a process that was lost is tried again anew: what one mutant leaves behind is not counted for the next.
 */
class KitRunner {
  readonly #plugin: string
  readonly #foundByUnit: ReadonlySet<string>
  readonly #alone: boolean
  readonly #oneIn: number
  #kit: KitProcess | undefined
  #loaded: ReadonlySet<string> = new Set()
  #hits: Readonly<Record<string, number>> = {}
  #sound: Outcome = { passed: [] }

  constructor({ kit }: Options) {
    this.#plugin = kit.plugin
    this.#foundByUnit = new Set(kit.foundByUnit)
    this.#alone = kit.alone
    this.#oneIn = kit.oneIn
  }

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true }
  }

  async init(): Promise<void> {
    this.#sound = await this.#learn()
  }

  /** The sound driver must pass all of it. */
  async dryRun(): Promise<object> {
    const { passed, failed } = this.#sound
    if (failed !== undefined) return { status: 'error', errorMessage: `${failed.id}: ${failed.reason}` }
    const began = performance.now()
    if (!this.#alone && !(await passUnitTests(this.#plugin)))
      return { status: 'error', errorMessage: 'the unit tests fail' }
    const tests = [...passed, { id: unitTests, ms: performance.now() - began }]
    return {
      status: 'complete',
      tests: tests.map(({ id, ms }) => ({ id, name: id, timeSpentMs: ms, status: 0 })),
    }
  }

  async mutantRun({ activeMutant }: MutantRun): Promise<object> {
    const { id } = activeMutant
    // Left out of the report as well.
    if (!isChosen(nameOf(activeMutant), this.#oneIn)) return { status: 'survived', nrOfTests: 0 }
    const { passed, failed } = this.#loaded.has(id) ? await this.#runLoaded(id) : await this.#run(id)
    const nrOfTests = passed.length
    if (failed !== undefined) {
      return { status: 'killed', killedBy: [failed.id], failureMessage: failed.reason, nrOfTests: nrOfTests + 1 }
    }
    const isKnown = this.#foundByUnit.has(nameOf(activeMutant))
    return !isKnown && (this.#alone || (await passUnitTests(this.#plugin, id)))
      ? { status: 'survived', nrOfTests: nrOfTests + 1 }
      : { status: 'killed', killedBy: [unitTests], failureMessage: 'unit tests fail', nrOfTests: nrOfTests + 1 }
  }

  async dispose(): Promise<void> {
    await this.#kit?.end()
  }

  async #learn(): Promise<Outcome> {
    const kit = await KitProcess.start(this.#plugin)
    if (kit === undefined) throw new Error(`the cases of ${this.#plugin} cannot be started`)
    const outcome = await kit.run({})
    this.#loaded = kit.loaded
    this.#hits = kit.hits
    if (outcome.lost === undefined) this.#kit = kit
    return outcome
  }

  /** With a mutant in what runs when the code is loaded: a process of its own. */
  async #runLoaded(mutant: string): Promise<Outcome> {
    const kit = await KitProcess.start(this.#plugin, mutant)
    if (kit === undefined) return { passed: [], failed: { id: 'start', reason: 'the code does not load' } }
    try {
      // The name again, so that what runs later has a limit too.
      return await kit.run({ mutant, hitLimit: this.#limitOf(mutant) })
    } finally {
      await kit.end()
    }
  }

  async #run(mutant: string): Promise<Outcome> {
    // No case comes by there.
    if (this.#hits[mutant] === undefined) return { passed: [] }
    const question = { mutant, hitLimit: this.#limitOf(mutant) }
    for (;;) {
      this.#kit ??= await KitProcess.start(this.#plugin)
      if (this.#kit === undefined) throw new Error(`the cases of ${this.#plugin} cannot be started`)
      const kit = this.#kit
      const fresh = !kit.used
      const outcome = await kit.run(question)
      if (outcome.failed === undefined) return outcome
      const sound = outcome.lost === undefined && (await isSound(kit, { only: [outcome.failed.id] }))
      if (!sound) {
        await kit.end()
        this.#kit = undefined
      }
      if (sound || fresh) return outcome
    }
  }

  #limitOf(mutant: string): number {
    return 1_000 + hitFactor * (this.#hits[mutant] ?? 0)
  }
}

async function isSound(kit: KitProcess, question: Question): Promise<boolean> {
  const { failed } = await kit.run(question)
  return failed === undefined
}

/** Tells a mutant from every other of the same sources, over several runs. */
export function nameOf({ fileName, location: { start }, mutatorName, replacement }: Omit<MutantNow, 'id'>): string {
  return [basename(fileName), start.line, start.column, mutatorName, replacement.replaceAll(/\s+/g, ' ').trim()].join(
    '|',
  )
}

function createKitRunner(options: Options): KitRunner {
  return new KitRunner(options)
}
createKitRunner.inject = ['options'] as const

/** A plugin of the mutation tests. */
export const strykerPlugins = [{ kind: 'TestRunner', name: 'kit', factory: createKitRunner }]
