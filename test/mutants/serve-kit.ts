import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { casesOf, missingNeeds, runCase } from '@moby/contracts/conformance'
import { driversUnderTest } from '../contract/drivers.ts'
import { startSubject, type DriverUnderTest } from '../contract/subject.ts'
import { caseDeadlineMs, type Failed, type Passed, type Question, type Told } from './verdict.ts'

/** Where the mutation testing library keeps which mutant is on, and what was passed. */
interface Switch {
  activeMutant?: string | undefined
  hitCount?: number | undefined
  hitLimit?: number | undefined
  mutantCoverage?: { readonly static: Record<string, number> }
}

const environment = '__STRYKER_ACTIVE_MUTANT__'

// node test/mutants/serve-kit.ts PLUGIN, with a channel: runs the conformance cases of a driver, called directly, as
// often as it is asked, each time with another mutant; it ends at the first case that fails.
const [plugin = ''] = process.argv.slice(2)
const drivers = driversUnderTest.filter((each) => each.plugin === plugin)
if (drivers.length === 0) throw new Error(`there is no driver ${plugin} under test`)
await import(`../../plugins/${plugin}/index.ts`)
const state = ((globalThis as { __stryker__?: Switch }).__stryker__ ??= {})
const counts = (): Record<string, number> => state.mutantCoverage?.static ?? {}
const loaded = Object.keys(counts())
for (const id of loaded) delete counts()[id]
tell({ kind: 'ready', loaded })

process.on('disconnect', () => process.exit(0))
process.on('message', (message) => {
  void answer(message as Question)
})

async function answer({ mutant, hitLimit, only }: Question): Promise<void> {
  // One that is on since the code was loaded stays on.
  if (mutant !== undefined) switchTo(mutant, hitLimit)
  const passed: Passed[] = []
  let failed: Failed | undefined
  for (const driver of drivers) failed ??= await runCases(driver, only, passed)
  switchTo(undefined, undefined)
  tell({ kind: 'hits', hits: { ...counts() } })
  tell({ kind: 'ended', passed, ...(failed === undefined ? {} : { failed }) })
}

function switchTo(mutant: string | undefined, hitLimit: number | undefined): void {
  state.activeMutant = mutant
  state.hitCount = hitLimit === undefined ? undefined : 0
  state.hitLimit = hitLimit
  // For threads and processes of the driver.
  if (mutant === undefined) delete process.env[environment]
  else process.env[environment] = mutant
}

async function runCases(
  driver: DriverUnderTest,
  only: readonly string[] | undefined,
  passed: Passed[],
): Promise<Failed | undefined> {
  let at = 'start'
  const during = async <T>(id: string, work: () => Promise<T>): Promise<T> => {
    at = id
    tell({ kind: 'begun', what: id })
    const began = performance.now()
    const result = await Promise.race([
      work(),
      sleep(caseDeadlineMs, undefined, { ref: false }).then(() => Promise.reject(late())),
    ])
    passed.push({ id, ms: Math.round(performance.now() - began) })
    return result
  }
  try {
    const started = await during('start', () => startSubject(driver, 'module'))
    let failed: Failed | undefined
    try {
      for (const each of casesOf(driver.contract.id)) {
        if (only !== undefined && !only.includes(each.id)) continue
        if (each.needs.some((need) => Object.hasOwn(driver.lacks ?? {}, need))) continue
        if (missingNeeds(each, started.subject).length > 0) throw new Error(`${each.id} lacks a fixture`)
        await during(each.id, () => runCase(each, started.subject))
      }
    } catch (error) {
      failed = { id: at, reason: reasonOf(error) }
    }
    await during('stop', () => started.close())
    return failed
  } catch (error) {
    return { id: at, reason: reasonOf(error) }
  }
}

function tell(message: Told): void {
  process.send?.(message)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function late(): Error {
  return new Error(`no end after ${caseDeadlineMs / 1000} s`)
}
