import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { casesOf, missingNeeds, runCase } from '@moby/contracts/conformance'
import { driversUnderTest } from '../contract/drivers.ts'
import { startSubject } from '../contract/subject.ts'

/** Milliseconds; the longest case of a sound driver needs a fifth of it. */
const caseDeadlineMs = 20_000

// node test/mutants/kit.ts PLUGIN: the conformance cases of a driver, called directly; ends at the first that fails.
const [plugin = ''] = process.argv.slice(2)
const drivers = driversUnderTest.filter((each) => each.plugin === plugin)
if (drivers.length === 0) throw new Error(`there is no driver ${plugin} under test`)
for (const driver of drivers) {
  const started = await startSubject(driver, 'module')
  for (const each of casesOf(driver.contract.id)) {
    if (each.needs.some((need) => Object.hasOwn(driver.lacks ?? {}, need))) continue
    if (missingNeeds(each, started.subject).length > 0) throw new Error(`${each.id} lacks a fixture`)
    try {
      await Promise.race([runCase(each, started.subject), sleep(caseDeadlineMs).then(() => Promise.reject(late()))])
    } catch (error) {
      console.log(`${each.id}: ${error instanceof Error ? error.message : String(error)}`)
      process.exit(1)
    }
  }
  await started.close()
}
// What a mutant forgot to close does not keep the run.
process.exit(0)

function late(): Error {
  return new Error(`no end after ${caseDeadlineMs / 1000} s`)
}
