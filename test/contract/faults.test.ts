import type { ContractDefinition, Implementation } from '@moby/contracts'
import { casesOf, runCase, type Subject } from '@moby/contracts/conformance'
import { describe, expect, it } from 'vitest'
import { driversUnderTest } from './drivers.ts'
import { faults, type Fault } from './faults.ts'
import { startSubject, type StartedSubject } from './subject.ts'

const testable = faults.filter(({ contract }) => driversUnderTest.some((driver) => driver.contract.id === contract))

describe('the conformance kit finds a driver that is broken', () => {
  it.each(testable.map((fault) => [fault.caughtBy, fault.name, fault] as const))('%s: %s', async (id, _name, fault) => {
    const found = casesOf(fault.contract).find((each) => each.id === id)
    if (found === undefined) throw new Error(`there is no case ${id}`)
    const started = await start(fault.contract)
    try {
      await runCase(found, started.subject)
      await expect(runCase(found, broken(started.subject, fault)), 'the case passed').rejects.toThrow()
    } finally {
      await started.close()
    }
  })
})

async function start(contract: string): Promise<StartedSubject> {
  const driver = driversUnderTest.find((each) => each.contract.id === contract)
  if (driver === undefined) throw new Error(`no driver of ${contract}`)
  return startSubject(driver, 'module')
}

/** The subject with some methods of its driver replaced, also after a restart. */
function broken(sound: Subject<ContractDefinition, unknown>, fault: Fault): Subject<ContractDefinition, unknown> {
  let [last, faulty] = [sound.driver, mix(sound.driver, fault)]
  return {
    get driver() {
      if (sound.driver !== last) [last, faulty] = [sound.driver, mix(sound.driver, fault)]
      return faulty
    },
    fixtures: sound.fixtures,
    restart: sound.restart,
  }
}

function mix(driver: Implementation<ContractDefinition>, fault: Fault): Implementation<ContractDefinition> {
  const overrides = fault.break(driver as never) as Record<string, unknown>
  return new Proxy(driver as Record<string, unknown>, {
    get: (target, key: string) => overrides[key] ?? (target[key] as () => unknown).bind(target),
  }) as Implementation<ContractDefinition>
}
