import { casesOf, missingNeeds, runCase } from '@moby/contracts/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { driversUnderTest } from '../drivers.ts'
import { modesOf, startSubject, type DriverUnderTest, type StartedSubject } from '../subject.ts'

/** Drivers whose cases take long have a file of their own, so that files run side by side. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  overlay: ['storage-overlay'],
  copy: ['storage-copy'],
  network: [
    'network-bridge',
    'network-macvlan',
    'network-ipvlan',
    'network-cni',
    'network-none',
    'network-host',
    'ipam-pool',
  ],
  runtime: ['runtime-shim', 'launcher-runc'],
}

/** Cases × drivers of a group × modes. The group `rest` has every driver that stands in no other. */
export function proveDrivers(group: string): void {
  const listed = Object.values(groups).flat()
  const own = groups[group] ?? []
  const drivers = driversUnderTest.filter(({ plugin }) =>
    group === 'rest' ? !listed.includes(plugin) : own.includes(plugin),
  )
  if (drivers.length === 0) throw new Error(`no driver stands in the group ${group}`)
  for (const driver of drivers) for (const mode of modesOf(driver)) prove(driver, mode)
}

function prove(driver: DriverUnderTest, mode: ReturnType<typeof modesOf>[number]): void {
  const name = driver.variant === undefined ? driver.plugin : `${driver.plugin} (${driver.variant})`
  describe(`${name} keeps the promises of ${driver.contract.id}, ${mode}`, () => {
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
