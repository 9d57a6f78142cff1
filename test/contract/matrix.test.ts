import { casesOf, missingNeeds, runCase } from '@moby/contracts/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { driversUnderTest } from './drivers.ts'
import { modes, startSubject, type StartedSubject } from './subject.ts'

for (const driver of driversUnderTest) {
  const name = driver.variant === undefined ? driver.plugin : `${driver.plugin} (${driver.variant})`
  describe.each(modes)(`${name} keeps the promises of ${driver.contract.id}, %s`, (mode) => {
    let started: StartedSubject | undefined
    beforeAll(async () => {
      started = await startSubject(driver, mode)
    })
    afterAll(() => started?.close())

    const cases = casesOf(driver.contract.id).filter(
      ({ needs }) => !needs.some((need) => Object.hasOwn(driver.lacks ?? {}, need)),
    )
    it.each(cases.map((each) => [each.id, each.title, each] as const))('%s: %s', async (_id, _title, each) => {
      if (started === undefined) throw new Error('the driver did not start')
      expect(missingNeeds(each, started.subject)).toEqual([])
      await runCase(each, started.subject)
    })
  })
}
